using System.Text.Json;

namespace DmsOrleans.Gateway.Aws.Protocol;

/// <summary>What an operation answers: a result or an error.</summary>
internal abstract record AwsReply
{
    /// <summary>The answer of a command: its result written by <paramref name="members"/>, or the fault of its refusal.</summary>
    public static AwsReply Of<T>(Answer<T> answer, Action<Utf8JsonWriter, T> members)
        where T : class =>
        answer.Refusal is { } refusal ? AwsError.Of(refusal) : new AwsResult(json => members(json, answer.Value!));
}

/// <summary>HTTP 200.</summary>
/// <param name="Members">Writes the members of the answer, inside an object that is already open.</param>
internal sealed record AwsResult(Action<Utf8JsonWriter> Members) : AwsReply
{
    /// <summary>An answer without members.</summary>
    public static AwsResult Empty { get; } = new(_ => { });
}

/// <summary>A fault, as clients see it.</summary>
/// <param name="Code">The name clients match on.</param>
/// <param name="Message">For a person.</param>
/// <param name="Status">The HTTP status.</param>
/// <param name="ResourceArn">The resource that is in the way, where the model has that member.</param>
internal sealed record AwsError(string Code, string Message, int Status = 400, string? ResourceArn = null) : AwsReply
{
    private const int LongestShown = 200;

    /// <summary>The fault of a refusal.</summary>
    public static AwsError Of(Refusal refusal) => new(CodeOf(refusal.Fault), refusal.Message, ResourceArn: refusal.ResourceArn);

    /// <summary>The resource is not there, or not in the caller's account and region.</summary>
    public static AwsError NotFound(string message) => new("ResourceNotFoundFault", message);

    /// <summary>There is no resource under this ARN.</summary>
    public static AwsError NoSuchArn(string? arn) => NotFound($"There is no resource {Shown(arn)} in this account and region.");

    /// <summary>A value is not one of those allowed.</summary>
    public static AwsError InvalidValue(string message) => new("InvalidParameterValueException", message);

    /// <summary>Two members exclude one another.</summary>
    public static AwsError InvalidCombination(string message) => new("InvalidParameterCombinationException", message);

    /// <summary>The bytes are not what the protocol asks for.</summary>
    public static AwsError Unreadable(string message) => new("SerializationException", message);

    /// <summary>The operation is not served.</summary>
    public static AwsError UnknownOperation(string message) => new("UnknownOperationException", message);

    /// <summary>A value of the caller's, short enough for a message.</summary>
    public static string Shown(string? text) =>
        text is null ? "''" : text.Length <= LongestShown ? $"'{text}'" : $"'{text.AsSpan(0, LongestShown)}…'";

    private static string CodeOf(Fault fault) => fault switch
    {
        Fault.ResourceNotFound => "ResourceNotFoundFault",
        Fault.ResourceAlreadyExists => "ResourceAlreadyExistsFault",
        Fault.InvalidResourceState => "InvalidResourceStateFault",
        Fault.InvalidParameterValue => "InvalidParameterValueException",
        Fault.InvalidParameterCombination => "InvalidParameterCombinationException",
        Fault.ResourceQuotaExceeded => "ResourceQuotaExceededFault",
        Fault.SnsInvalidTopic => "SNSInvalidTopicFault",
        Fault.TooFewAvailabilityZones => "ReplicationSubnetGroupDoesNotCoverEnoughAZs",
        Fault.InvalidSubnet => "InvalidSubnet",
        Fault.SubnetAlreadyInUse => "SubnetAlreadyInUse",
        Fault.InvalidCertificate => "InvalidCertificateFault",
        Fault.KmsKeyNotAccessible => "KMSKeyNotAccessibleFault",
        _ => throw new ArgumentOutOfRangeException(nameof(fault), fault, "A refusal with a fault that has no name on the wire."),
    };
}
