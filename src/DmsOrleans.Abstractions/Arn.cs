using System.Diagnostics.CodeAnalysis;

namespace DmsOrleans;

/// <summary>
/// The name of a resource: <c>arn:aws:dms:{region}:{account}:{kind}:{id}</c>. It is also the key of the grain that
/// is the resource. Compared ordinally. The text never parses as a hexadecimal number, which some Orleans storage
/// providers would fold together.
/// </summary>
[GenerateSerializer, Immutable, Alias("dms.Arn")]
public readonly record struct Arn([property: Id(0)] string Value)
{
    /// <summary>The kind of a replication config, whose ARN also names its replication.</summary>
    public const string ReplicationConfigKind = "replication-config";

    /// <summary>The kind of an endpoint.</summary>
    public const string EndpointKind = "endpoint";

    /// <summary>The kind of an event subscription.</summary>
    public const string EventSubscriptionKind = "es";

    /// <summary>The kind of a replication subnet group; its id is the group's name.</summary>
    public const string SubnetGroupKind = "subgrp";

    /// <summary>The kind of a replication instance: there are none here, their ARNs are taken as names where the API asks for one.</summary>
    public const string InstanceKind = "rep";

    /// <summary>The kind of a certificate.</summary>
    public const string CertificateKind = "cert";

    private const string Prefix = "arn:aws:dms:";

    /// <summary>Longest ARN accepted, in characters.</summary>
    public const int MaxLength = 512;

    /// <summary>Builds an ARN from its parts; the parts are taken as given.</summary>
    public static Arn Of(AwsScope scope, string kind, string id) => new($"{Prefix}{scope.Region}:{scope.Account}:{kind}:{id}");

    /// <summary>The account and region the resource lives in.</summary>
    public AwsScope Scope => TryParse(Value, out var parts) ? parts.Scope : default;

    /// <summary>The kind of resource it names; empty when it is not well-formed.</summary>
    public string Kind => TryParse(Value, out var parts) ? parts.Kind : "";

    /// <summary>The last part: the identifier the caller chose, or the generated one.</summary>
    public string ResourceId => TryParse(Value, out var parts) ? parts.Id : "";

    /// <summary>Whether <paramref name="text"/> is a well-formed DMS ARN of the given kind.</summary>
    public static bool IsWellFormed(string? text, string kind) => TryParse(text, out var parts) && parts.Kind == kind;

    /// <inheritdoc/>
    public override string ToString() => Value;

    private static bool TryParse([NotNullWhen(true)] string? text, out (AwsScope Scope, string Kind, string Id) parts)
    {
        parts = default;
        if (text is null || text.Length > MaxLength || !text.StartsWith(Prefix, StringComparison.Ordinal))
        {
            return false;
        }

        var pieces = text[Prefix.Length..].Split(':');
        if (pieces.Length != 4 || !pieces.All(IsPlain))
        {
            return false;
        }

        parts = (new AwsScope(pieces[1], pieces[0]), pieces[2], pieces[3]);
        return true;
    }

    private static bool IsPlain(string piece) =>
        piece.Length > 0 && piece.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_' or '.');
}

/// <summary>An AWS account in an AWS region: resources are seen only inside their own.</summary>
/// <param name="Account">Twelve digits.</param>
/// <param name="Region">For example <c>us-east-1</c>.</param>
[GenerateSerializer, Immutable, Alias("dms.AwsScope")]
public readonly record struct AwsScope([property: Id(0)] string Account, [property: Id(1)] string Region)
{
    /// <summary>Where a caller that names no account or region lands.</summary>
    public static AwsScope Default { get; } = new("000000000000", "us-east-1");

    /// <summary><c>account/region</c>, the form the store keeps.</summary>
    public override string ToString() => $"{Account}/{Region}";
}
