using DmsOrleans.Storage;

namespace DmsOrleans.Replications;

/// <summary>Tells a "no" of the store, which changed nothing, from an outcome nobody knows.</summary>
internal static class StoreRefusals
{
    /// <summary>The refusal in an exception of a write, however deep Orleans wrapped it; null when it is not one.</summary>
    public static Refusal? Of(Exception? e) => e switch
    {
        null => null,
        NameTakenException taken => new(Fault.ResourceAlreadyExists, $"A resource with the identifier '{taken.Name}' already exists.", taken.TakenByKey),
        MissingReferenceException missing => Refusal.NotFound($"{(missing.Reference.Kind == "endpoint" ? "Endpoint" : missing.Reference.Kind)} {missing.Reference.Key} was not found."),
        StillReferencedException used => Refusal.InvalidState($"{used.Key} is in use by a replication config and cannot be deleted: delete the replication config first."),
        _ => Of(e.InnerException),
    };

    /// <summary>What a caller is told of a write that was not confirmed.</summary>
    public static StorageUnavailableException Unconfirmed(string arn, Exception cause) =>
        new($"The store did not confirm the change of {arn}; it may or may not have happened. Describe it, or try again. ({cause.GetBaseException().Message})", cause);
}
