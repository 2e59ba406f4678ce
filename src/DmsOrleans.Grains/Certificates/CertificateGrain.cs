using DmsOrleans.Endpoints;
using DmsOrleans.Records;
using DmsOrleans.Storage;
using Orleans.Concurrency;
using Orleans.Runtime;

namespace DmsOrleans.Certificates;

/// <summary>One certificate.</summary>
[GrainType("certificate"), CollectionAgeLimit(Minutes = 5)]
internal sealed class CertificateGrain(
    [PersistentState(CertificateState.Kind)] IPersistentState<CertificateState> stored, RecordServices services, SecretProtector protector)
    : RecordGrain<CertificateState, CertificateView>(RecordKinds.Certificate, stored, services), ICertificateGrain
{
    /// <inheritdoc/>
    public Task<Answer<CertificateView>> Import(ImportCertificate command)
    {
        var (spec, refusal) = CertificateRules.Read(command, Scope, Services.Time.GetUtcNow());
        return CreateAsync(() => refusal, () => new()
        {
            Spec = spec,
            ProtectedWallet = command.Wallet is { } wallet ? protector.ProtectBytes(Arn, wallet) : null,
            Scope = Scope.ToString(),
        });
    }

    /// <inheritdoc/>
    public Task<Answer<CertificateView>> Delete(DeleteCertificate command) => DeleteAsync();

    protected override CertificateView View() => new(Arn, State.Spec!);
}

/// <summary>Answers from the store; nothing is activated.</summary>
[StatelessWorker, Reentrant, GrainType("certificate-directory")]
internal sealed class CertificateDirectory(IStateStore store) : Grain, ICertificateDirectory
{
    /// <inheritdoc/>
    public Task<RecordPage<CertificateView>> List(RecordQuery query) =>
        store.PageAsync<CertificateState, CertificateView>(query.Of(CertificateState.Kind), i => new(i.Key, i.State.Spec!));
}
