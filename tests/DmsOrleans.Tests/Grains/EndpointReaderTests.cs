using System.Collections.Concurrent;
using DmsOrleans.Endpoints;
using DmsOrleans.Replications;
using DmsOrleans.Storage;
using Microsoft.AspNetCore.DataProtection;

namespace DmsOrleans.Tests.Grains;

public sealed class EndpointReaderTests
{
    private readonly GatedStore store = new();
    private readonly SecretProtector protector = new(new EphemeralDataProtectionProvider());
    private readonly EndpointReader reader;

    public EndpointReaderTests()
    {
        reader = new(store, protector);
        Put(Sample.SourceArn, "first");
        Put(Sample.TargetArn, "target");
    }

    [Fact]
    public async Task Many_who_ask_while_a_read_is_under_way_share_the_next_one()
    {
        var first = reader.FindAsync(Sample.SourceArn);
        var read = await store.NextAsync();
        var others = Enumerable.Range(0, 1_000).Select(i => reader.FindAsync(i % 2 == 0 ? Sample.SourceArn : Sample.TargetArn)).ToList();
        read.Answer();
        (await store.NextAsync()).Answer();
        Assert.Equal("first", (await first)!.Spec.Identifier);
        Assert.Equal(["first", "target"], (await Task.WhenAll(others)).Select(e => e!.Spec.Identifier).Distinct());
        Assert.Equal(2, store.Reads);
    }

    [Fact]
    public async Task Nobody_is_answered_from_before_the_question()
    {
        var early = reader.FindAsync(Sample.SourceArn);
        var read = await store.NextAsync();
        Put(Sample.SourceArn, "second");
        var late = reader.FindAsync(Sample.SourceArn);
        read.Answer();
        (await store.NextAsync()).Answer();
        Assert.Equal("first", (await early)!.Spec.Identifier);
        Assert.Equal("second", (await late)!.Spec.Identifier);
    }

    [Fact]
    public async Task An_endpoint_comes_with_its_secrets_and_an_unknown_one_not_at_all()
    {
        var known = reader.FindAsync(Sample.SourceArn);
        (await store.NextAsync()).Answer();
        Assert.Equal("s3cret", (await known)!.Secrets.Password);
        var unknown = reader.FindAsync("arn:aws:dms:us-east-1:000000000000:endpoint:NONE");
        (await store.NextAsync()).Answer();
        Assert.Null(await unknown);
    }

    [Fact]
    public async Task A_read_that_fails_is_told_to_all_who_asked_and_the_next_one_starts_afresh()
    {
        var asked = reader.FindAsync(Sample.SourceArn);
        var also = reader.FindAsync(Sample.TargetArn);
        (await store.NextAsync()).Fail(new StorageUnavailableException("locked"));
        await Assert.ThrowsAsync<StorageUnavailableException>(() => asked);
        if (!also.IsCompleted)
        {
            (await store.NextAsync()).Fail(new StorageUnavailableException("locked"));
        }

        await Assert.ThrowsAsync<StorageUnavailableException>(() => also);
        var again = reader.FindAsync(Sample.SourceArn);
        (await store.NextAsync()).Answer();
        Assert.NotNull(await again);
    }

    [Fact]
    public async Task An_endpoint_that_cannot_be_decrypted_harms_only_who_asks_for_it()
    {
        store.States[Sample.TargetArn] = store.States[Sample.TargetArn] with { ProtectedSecrets = "not a ciphertext" };
        var held = reader.FindAsync(Sample.SourceArn);
        var read = await store.NextAsync();
        var broken = reader.FindAsync(Sample.TargetArn);
        var whole = reader.FindAsync(Sample.SourceArn);
        read.Answer();
        (await store.NextAsync()).Answer();
        Assert.NotNull(await held);
        await Assert.ThrowsAnyAsync<Exception>(() => broken);
        Assert.Equal("first", (await whole)!.Spec.Identifier);
    }

    private void Put(string arn, string identifier) => store.States[arn] = new()
    {
        Spec = new() { Identifier = identifier, EndpointType = "SOURCE", EngineName = "postgres" },
        ProtectedSecrets = protector.Protect(arn, new() { Password = "s3cret" }),
    };

    /// <summary>A store whose reads take what is there when they begin and answer when they are told to.</summary>
    private sealed class GatedStore : IStateStore
    {
        private readonly BlockingCollection<Read> waiting = [];

        public ConcurrentDictionary<string, EndpointState> States { get; } = new();

        public int Reads { get; private set; }

        public DateTimeOffset? LastCommitBeforeOpen => null;

        /// <summary>The read that begins next.</summary>
        public Task<Read> NextAsync() => Task.Run(() => waiting.TryTake(out var read, TimeSpan.FromSeconds(30)) ? read : throw new TimeoutException("No read began."));

        public async Task<StatePage<TState>> ListAsync<TState>(StateQuery query, CancellationToken cancellationToken)
            where TState : class, new()
        {
            var read = new Read();
            Reads++;
            var items = query.Keys!.Where(States.ContainsKey).Select(key => new StoredState<TState>(key, (TState)(object)States[key])).ToList();
            waiting.Add(read, cancellationToken);
            await read.Told;
            return new(items, null);
        }

        public Task<IReadOnlyDictionary<string, long>> CountByStatusAsync(string kind, string? scope, CancellationToken cancellationToken) => throw new NotSupportedException();

        public Task<IReadOnlyList<Transition>?> HistoryAsync(string kind, string key, long afterSequence, int limit, CancellationToken cancellationToken) => throw new NotSupportedException();

        public Task<TransitionPage> TransitionsAsync(TransitionQuery query, CancellationToken cancellationToken) => throw new NotSupportedException();

        public Task<IReadOnlyList<OverdueState>> OverdueAsync(string kind, DateTimeOffset now, int limit, CancellationToken cancellationToken) => throw new NotSupportedException();

        public Task<IReadOnlyList<CapacityHeld>> CapacityHeldAsync(string kind, CancellationToken cancellationToken) => throw new NotSupportedException();

        public Task<bool> IsReferencedAsync(string kind, string key, IReadOnlyCollection<string>? inStatuses, CancellationToken cancellationToken) => throw new NotSupportedException();

        public Task<bool> IsWritableAsync(CancellationToken cancellationToken) => throw new NotSupportedException();
    }

    private sealed class Read
    {
        private readonly TaskCompletionSource told = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public Task Told => told.Task;

        public void Answer() => told.SetResult();

        public void Fail(Exception e) => told.SetException(e);
    }
}
