using System.Security.Cryptography;
using DmsOrleans.Replications;
using DmsOrleans.Storage;
using Orleans.Runtime;

namespace DmsOrleans.Endpoints;

/// <summary>One endpoint: a stored record with rules. Nothing runs here.</summary>
[GrainType("endpoint"), CollectionAgeLimit(Minutes = 5)]
internal sealed class EndpointGrain(
    [PersistentState(EndpointState.Kind)] IPersistentState<EndpointState> stored, IStateStore store, SecretProtector protector, TimeProvider time) : Grain, IEndpointGrain
{
    private static readonly string[] InUse =
        [.. ReplicationStatuses.All.Where(s => s.IsStartPhase() || s is ReplicationStatus.Running or ReplicationStatus.Stopping).Select(s => s.ToWire())];

    private string Arn => this.GetPrimaryKeyString();

    private bool Exists => stored.RecordExists;

    // Done before, and asked for again by a client that did not hear the answer.
    private bool IsRepeated => Exists && stored.State.Answered.FindCurrent(time.GetUtcNow()) is not null;

    /// <inheritdoc/>
    public async Task<Answer<EndpointView>> Create(CreateEndpoint command)
    {
        if (IsRepeated)
        {
            return View("active");
        }

        if (Exists)
        {
            return new Refusal(Fault.ResourceAlreadyExists, $"An endpoint with the ARN {Arn} already exists.", Arn);
        }

        if (EndpointRules.Check(command.Spec) is { } refusal)
        {
            return Forgotten(refusal);
        }

        var state = new EndpointState { Spec = command.Spec, ProtectedSecrets = protector.Protect(Arn, command.Secrets), Scope = new Arn(Arn).Scope.ToString() };
        return await WriteAsync(state) is { } refused ? Forgotten(refused) : View("active");
    }

    /// <inheritdoc/>
    public async Task<Answer<EndpointView>> Modify(ModifyEndpoint command)
    {
        if (!Exists)
        {
            return Forgotten(NotFound());
        }

        if (IsRepeated)
        {
            return View("active");
        }

        if (await store.IsReferencedAsync(EndpointState.Kind, Arn, InUse, CancellationToken.None))
        {
            return Refusal.InvalidState($"Endpoint {stored.State.Spec!.Identifier} is used by a replication that is starting or running and cannot be modified: stop the replication first.");
        }

        var spec = EndpointRules.Changed(stored.State.Spec!, command);
        if (EndpointRules.Check(spec) is { } refusal)
        {
            return refusal;
        }

        var state = stored.State with { Spec = spec, ProtectedSecrets = Changed(command.Secrets) };
        return await WriteAsync(state) is { } refused ? refused : View("active");
    }

    /// <inheritdoc/>
    public async Task<Answer<EndpointView>> Delete(DeleteEndpoint command)
    {
        if (!Exists)
        {
            return Forgotten(NotFound());
        }

        var view = View("deleting");
        try
        {
            await stored.ClearStateAsync();
        }
        catch (Exception e) when (StoreRefusals.Of(e) is { } refusal)
        {
            return refusal;
        }
        catch (Exception e)
        {
            DeactivateOnIdle();
            throw StoreRefusals.Unconfirmed(Arn, e);
        }

        DeactivateOnIdle();
        return view;
    }

    /// <inheritdoc/>
    public Task<Answer<TagSet>> AddTags(AddTags command) =>
        ChangeTagsAsync(tags => new([.. tags.Where(t => !command.Tags.ContainsKey(t.Key)), .. command.Tags]));

    /// <inheritdoc/>
    public Task<Answer<TagSet>> RemoveTags(RemoveTags command) =>
        ChangeTagsAsync(tags => tags.Where(t => !command.Keys.Contains(t.Key)).ToDictionary());

    /// <inheritdoc/>
    public Task<EndpointView?> GetState()
    {
        if (!Exists)
        {
            DeactivateOnIdle();
        }

        return Task.FromResult(Exists ? View("active") : null);
    }

    private async Task<Answer<TagSet>> ChangeTagsAsync(Func<IReadOnlyDictionary<string, string>, Dictionary<string, string>> change)
    {
        if (!Exists)
        {
            return Forgotten(NotFound());
        }

        if (IsRepeated)
        {
            return new TagSet(stored.State.Spec!.Tags);
        }

        var tags = change(stored.State.Spec!.Tags);
        var state = stored.State with { Spec = stored.State.Spec with { Tags = tags } };
        return await WriteAsync(state) is { } refused ? refused : new TagSet(tags);
    }

    // Null when durable; a refusal when the store said no and nothing changed.
    private async Task<Refusal?> WriteAsync(EndpointState next)
    {
        var before = stored.State;
        stored.State = next with { Answered = before.Answered.WithCurrent(time.GetUtcNow()) };
        try
        {
            await stored.WriteStateAsync();
            return null;
        }
        catch (Exception e) when (StoreRefusals.Of(e) is { } refusal)
        {
            stored.State = before;
            return refusal;
        }
        catch (Exception e)
        {
            DeactivateOnIdle();
            throw StoreRefusals.Unconfirmed(Arn, e);
        }
    }

    private string? Changed(EndpointSecrets? change)
    {
        if (change is null)
        {
            return stored.State.ProtectedSecrets;
        }

        var before = Readable(stored.State.ProtectedSecrets);
        return protector.Protect(Arn, new()
        {
            Password = change.Password ?? before.Password,
            SettingsSecrets = JsonMerge.Into(before.SettingsSecrets, change.SettingsSecrets, exact: false),
        });
    }

    // Secrets whose key is lost are lost; the ones just given take their place.
    private EndpointSecrets Readable(string? secrets)
    {
        try
        {
            return protector.Unprotect(Arn, secrets);
        }
        catch (CryptographicException)
        {
            return new();
        }
    }

    private EndpointView View(string status) => new(Arn, stored.State.Spec!, status);

    private Refusal NotFound() => Refusal.NotFound($"Endpoint {Arn} was not found.");

    // Asked for by name only: nothing to keep in memory once it has answered.
    private Refusal Forgotten(Refusal refusal)
    {
        DeactivateOnIdle();
        return refusal;
    }
}
