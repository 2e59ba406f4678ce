using DmsOrleans.Replications;
using DmsOrleans.Tests.Node;
using Orleans.Runtime;

namespace DmsOrleans.Tests.Faults;

/// <summary>
/// A client of one replication as clients should be: repeats a command whose outcome it was not told, and takes it for done when the
/// repetition is refused because of what the first one did.
/// </summary>
internal sealed class PatientClient(string identifier)
{
    private bool unknown;

    public string Identifier { get; } = identifier;

    /// <summary>Commands that were answered by "try again".</summary>
    public int Retries { get; private set; }

    public Task<bool> CreateAsync(TestNode node, Func<bool>? giveUp = null) => SendAsync(
        () => Grain(node).Create(new(Tests.Grains.Sample.Spec(ReplicationType.Cdc) with { Identifier = Identifier })), Fault.ResourceAlreadyExists, giveUp);

    public Task<bool> StartAsync(TestNode node, string type = "start-replication", Func<bool>? giveUp = null) =>
        SendAsync(() => Grain(node).Start(new() { StartType = type }), Fault.InvalidResourceState, giveUp);

    public Task<bool> StopAsync(TestNode node, Func<bool>? giveUp = null) => SendAsync(() => Grain(node).Stop(new()), Fault.InvalidResourceState, giveUp);

    public Task<bool> DeleteAsync(TestNode node) => SendAsync(() => Grain(node).Delete(new()), Fault.InvalidResourceState, null);

    private IReplicationGrain Grain(TestNode node) => node.Grains.GetGrain<IReplicationGrain>(TestNode.ArnOf(Identifier));

    // True once it is known to be done, false when it was given up.
    private async Task<bool> SendAsync(Func<Task<Answer<ReplicationView>>> send, Fault doneBefore, Func<bool>? giveUp)
    {
        while (giveUp?.Invoke() != true)
        {
            TestContext.Current.CancellationToken.ThrowIfCancellationRequested();
            try
            {
                var refusal = (await send()).Refusal;
                var gone = refusal?.Fault == Fault.ResourceNotFound && doneBefore == Fault.InvalidResourceState;
                Assert.True(refusal is null || (unknown && (refusal.Fault == doneBefore || gone)), $"{Identifier}: {refusal?.Message}");
                unknown = false;
                return true;
            }
            catch (Exception e) when (e is StorageUnavailableException or OrleansException or TimeoutException)
            {
                unknown = true;
                Retries++;
            }
        }

        return false;
    }
}
