using DmsOrleans.Records;
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
        MissingReferenceException missing => Refusal.NotFound($"{RecordKinds.NounOf(missing.Reference.Kind)} {missing.Reference.Key} was not found."),
        StillReferencedException used => InUse(used.Key),
        _ => Of(e.InnerException),
    };

    private static Refusal InUse(string arn)
    {
        var user = Arn.IsWellFormed(arn, Arn.CertificateKind) ? RecordKinds.Certificate.UsedBy : RecordKinds.Endpoint.UsedBy;
        return Refusal.InvalidState($"{arn} is in use by {user} and cannot be deleted: delete that, or have it name another, first.");
    }

    /// <summary>What a caller is told of a write that was not confirmed.</summary>
    public static StorageUnavailableException Unconfirmed(string arn, Exception cause) =>
        new($"The store did not confirm the change of {arn}; it may or may not have happened. Describe it, or try again. ({cause.GetBaseException().Message})", cause);
}
