using System.Diagnostics.CodeAnalysis;
using DmsOrleans.Gateway.Aws.Model;

namespace DmsOrleans.Gateway.Aws.Protocol;

/// <summary>One request, checked against the model, on its way to the grains.</summary>
/// <param name="Operation">Which operation.</param>
/// <param name="Scope">The caller's account and region.</param>
/// <param name="Input">The members of the request.</param>
/// <param name="Grains">The way to the grains.</param>
internal sealed record AwsCall(AwsOperation Operation, AwsScope Scope, AwsInput Input, IGrainFactory Grains)
{
    /// <summary>
    /// Reads the ARN in a required member. One that is malformed, of another kind, or of another account or region names nothing the
    /// caller can see.
    /// </summary>
    public bool TryArn(string member, string kind, out Arn arn, [NotNullWhen(false)] out AwsError? notFound) =>
        TryOwnArn(Input.RequiredText(member), kind, out arn, out notFound);

    /// <summary>Takes <paramref name="text"/> for an ARN of the given kind in the caller's account and region.</summary>
    public bool TryOwnArn(string text, string kind, out Arn arn, [NotNullWhen(false)] out AwsError? notFound)
    {
        arn = new Arn(text);
        var own = Arn.IsWellFormed(text, kind) && arn.Scope == Scope;
        notFound = own ? null : AwsError.NoSuchArn(text);
        return own;
    }
}
