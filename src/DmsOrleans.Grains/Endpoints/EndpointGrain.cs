using System.Security.Cryptography;
using DmsOrleans.Records;
using DmsOrleans.Replications;
using DmsOrleans.Storage;
using Orleans.Runtime;

namespace DmsOrleans.Endpoints;

/// <summary>One endpoint.</summary>
[GrainType("endpoint"), CollectionAgeLimit(Minutes = 5)]
internal sealed class EndpointGrain(
    [PersistentState(EndpointState.Kind)] IPersistentState<EndpointState> stored, RecordServices services, SecretProtector protector)
    : RecordGrain<EndpointState, EndpointView>(RecordKinds.Endpoint, stored, services), IEndpointGrain
{
    private IEndpointProbeGrain Probe => GrainFactory.GetGrain<IEndpointProbeGrain>(Arn);

    /// <inheritdoc/>
    public async Task<Answer<EndpointView>> Create(CreateEndpoint command)
    {
        var certificate = EndpointRules.CertificateArnOf(command.Spec);
        if (!Exists)
        {
            // What an endpoint of this ARN left behind when a crash came between its deletion and this.
            await Probe.Forget(new());
        }

        return await CreateAsync(
            () => EndpointRules.Check(command.Spec) ?? EndpointRules.CheckNames(Scope, certificate, command.Spec),
            () => new() { Spec = EndpointDefaults.Filled(command.Spec, Scope), ProtectedSecrets = protector.Protect(Arn, command.Secrets), Scope = Scope.ToString(), CertificateArn = certificate });
    }

    /// <inheritdoc/>
    public async Task<Answer<EndpointView>> Modify(ModifyEndpoint command)
    {
        if (NotFound() is { } notFound)
        {
            return notFound;
        }

        if (IsRepeated)
        {
            return View();
        }

        var before = State.Spec!;
        if (await Services.Store.IsReferencedAsync(EndpointState.Kind, Arn, ReplicationStatuses.InMotion, CancellationToken.None))
        {
            return Refusal.InvalidState($"Endpoint {before.Identifier} is used by a replication that is starting or running and cannot be modified: stop the replication first.");
        }

        var spec = EndpointRules.Changed(before, command);

        // A certificate that stays as it was is not looked up again: an earlier release took any ARN.
        var named = EndpointRules.CertificateArnOf(spec);
        var certificate = named == EndpointRules.CertificateArnOf(before) ? State.CertificateArn : named;
        return (EndpointRules.Check(spec) ?? EndpointRules.CheckNames(Scope, certificate, spec)) is { } refusal
            ? refusal
            : await ChangeAsync(State with { Spec = spec, ProtectedSecrets = Changed(command.Secrets), CertificateArn = certificate });
    }

    /// <inheritdoc/>
    public async Task<Answer<EndpointView>> Delete(DeleteEndpoint command)
    {
        var deleted = await DeleteAsync();
        if (deleted.Value is not { } view)
        {
            return deleted;
        }

        await Probe.Forget(new());
        return view with { Status = "deleting" };
    }

    protected override EndpointView View() => new(Arn, State.Spec!, "active");

    private string? Changed(EndpointSecrets? change)
    {
        if (change is null)
        {
            return State.ProtectedSecrets;
        }

        var before = Readable(State.ProtectedSecrets);
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
}
