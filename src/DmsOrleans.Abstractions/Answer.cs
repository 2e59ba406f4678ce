namespace DmsOrleans;

/// <summary>What a grain answers to a command: the result, or a refusal that names the fault. A refusal changed nothing.</summary>
/// <typeparam name="T">What is answered when the command was accepted and is durable.</typeparam>
[GenerateSerializer, Immutable, Alias("dms.Answer`1")]
public sealed record Answer<T>
    where T : class
{
    /// <summary>The result; null exactly when <see cref="Refusal"/> is not.</summary>
    [Id(0)]
    public T? Value { get; init; }

    /// <summary>Why the command was refused; null when it was accepted.</summary>
    [Id(1)]
    public Refusal? Refusal { get; init; }

#pragma warning disable CA2225 // The conversions are the constructors: an alternate named method would be a second way to do it.
    /// <summary>Accepted.</summary>
    public static implicit operator Answer<T>(T value) => new() { Value = value };

    /// <summary>Refused.</summary>
    public static implicit operator Answer<T>(Refusal refusal) => new() { Refusal = refusal };
#pragma warning restore CA2225
}

/// <summary>An expected "no".</summary>
/// <param name="Fault">The fault a client sees.</param>
/// <param name="Message">What is wrong and what would be right, for a person.</param>
/// <param name="ResourceArn">The resource that already exists, for <see cref="Fault.ResourceAlreadyExists"/>.</param>
[GenerateSerializer, Immutable, Alias("dms.Refusal")]
public sealed record Refusal([property: Id(0)] Fault Fault, [property: Id(1)] string Message, [property: Id(2)] string? ResourceArn = null)
{
    /// <summary>The resource is not there.</summary>
    public static Refusal NotFound(string message) => new(Fault.ResourceNotFound, message);

    /// <summary>Not legal in the present status.</summary>
    public static Refusal InvalidState(string message) => new(Fault.InvalidResourceState, message);

    /// <summary>A value is not one of those allowed.</summary>
    public static Refusal InvalidValue(string message) => new(Fault.InvalidParameterValue, message);

    /// <summary>Two values exclude one another.</summary>
    public static Refusal InvalidCombination(string message) => new(Fault.InvalidParameterCombination, message);
}

/// <summary>The faults grains answer with; the gateway gives each its name on the wire.</summary>
[Alias("dms.Fault")]
public enum Fault
{
    /// <summary><c>ResourceNotFoundFault</c>.</summary>
    ResourceNotFound = 1,

    /// <summary><c>ResourceAlreadyExistsFault</c>.</summary>
    ResourceAlreadyExists = 2,

    /// <summary><c>InvalidResourceStateFault</c>.</summary>
    InvalidResourceState = 3,

    /// <summary><c>InvalidParameterValueException</c>, which the model does not list but the service returns.</summary>
    InvalidParameterValue = 4,

    /// <summary><c>InvalidParameterCombinationException</c>, which the model does not list but the service returns.</summary>
    InvalidParameterCombination = 5,

    /// <summary><c>ResourceQuotaExceededFault</c>.</summary>
    ResourceQuotaExceeded = 6,

    /// <summary><c>SNSInvalidTopicFault</c>.</summary>
    SnsInvalidTopic = 24,

    /// <summary><c>ReplicationSubnetGroupDoesNotCoverEnoughAZs</c>; the model gives it no "Fault" at its end.</summary>
    TooFewAvailabilityZones = 30,

    /// <summary><c>InvalidSubnet</c>; the model gives it no "Fault" at its end.</summary>
    InvalidSubnet = 31,

    /// <summary><c>SubnetAlreadyInUse</c>; the model gives it no "Fault" at its end.</summary>
    SubnetAlreadyInUse = 32,

    /// <summary><c>InvalidCertificateFault</c>.</summary>
    InvalidCertificate = 33,

    /// <summary><c>KMSKeyNotAccessibleFault</c>.</summary>
    KmsKeyNotAccessible = 34,
}

/// <summary>The store could not be reached or did not answer in time: the outcome of the call is unknown, try again.</summary>
/// <remarks>Clients see a retriable 503. Carries text only, so that any caller can deserialize it.</remarks>
[GenerateSerializer, Alias("dms.StorageUnavailableException")]
public sealed class StorageUnavailableException : Exception
{
    /// <summary>With what happened.</summary>
    public StorageUnavailableException(string message)
        : base(message)
    {
    }

    /// <summary>With what happened and its cause; the cause stays in this process's log.</summary>
    public StorageUnavailableException(string message, Exception cause)
        : base(message, cause)
    {
    }

    /// <summary>Without a message.</summary>
    public StorageUnavailableException()
    {
    }
}
