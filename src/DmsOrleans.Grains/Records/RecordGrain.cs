using DmsOrleans.Replications;
using DmsOrleans.Storage;
using Orleans.Runtime;

namespace DmsOrleans.Records;

/// <summary>What is stored of a resource that has rules and nothing that runs.</summary>
internal interface IRecord<TSelf> : IIndexedState
    where TSelf : class, IRecord<TSelf>
{
    IReadOnlyDictionary<string, string> Tags { get; }

    /// <summary>Commands that clients may send again; null when none can be.</summary>
    IReadOnlyList<AnsweredInvocation>? Answered { get; }

    /// <summary>The same record with other tags.</summary>
    TSelf Tagged(IReadOnlyDictionary<string, string> tags);

    /// <summary>The same record with other commands answered.</summary>
    TSelf With(IReadOnlyList<AnsweredInvocation>? answered);
}

/// <summary>What every record needs, once per silo.</summary>
internal sealed record RecordServices(IStateStore Store, Quotas Quotas, TimeProvider Time);

/// <summary>
/// A stored record, keyed by its ARN: nothing runs here. A command is decided, written, and only then answered. A "no" of the store leaves the record as it
/// was; a write nobody confirmed ends the activation, so that the next one reads what is true. What does not exist is not kept in memory.
/// </summary>
/// <typeparam name="TState">What is stored.</typeparam>
/// <typeparam name="TView">What is told.</typeparam>
internal abstract class RecordGrain<TState, TView>(RecordKind kind, IPersistentState<TState> stored, RecordServices services) : Grain
    where TState : class, IRecord<TState>
    where TView : class
{
    protected string Arn => this.GetPrimaryKeyString();

    protected AwsScope Scope => new Arn(Arn).Scope;

    protected bool Exists => stored.RecordExists;

    /// <summary>The record as it is stored; of no meaning while it does not exist.</summary>
    protected TState State => stored.State;

    protected RecordServices Services => services;

    /// <summary>Whether the command under way was done before, and is asked for again by a client that did not hear the answer.</summary>
    protected bool IsRepeated => Exists && State.Answered.FindCurrent(services.Time.GetUtcNow()) is not null;

    public Task<TView?> GetState() => Task.FromResult(ExistsOrForget() ? View() : null);

    public Task<TagSet?> ListTags(ListTags query) => Task.FromResult(ExistsOrForget() ? new TagSet(State.Tags) : null);

    public Task<Answer<TagSet>> AddTags(AddTags command) => ChangeTagsAsync(tags => tags.With(command));

    public Task<Answer<TagSet>> RemoveTags(RemoveTags command) => ChangeTagsAsync(tags => tags.Without(command));

    /// <summary>The record before those who ask.</summary>
    protected abstract TView View();

    /// <summary>Why no command but a create can be obeyed; null when the record exists.</summary>
    protected Refusal? NotFound() => ExistsOrForget() ? null : Refusal.NotFound($"{kind.Noun} {Arn} was not found.");

    /// <summary>Stores a new record, unless it is there already or <paramref name="check"/> or the quota refuses it.</summary>
    protected async Task<Answer<TView>> CreateAsync(Func<Refusal?> check, Func<TState> create)
    {
        if (IsRepeated)
        {
            return View();
        }

        if (Exists)
        {
            return new Refusal(Fault.ResourceAlreadyExists, $"{kind.Noun} {Arn} already exists.", Arn);
        }

        var refusal = check() ?? await services.Quotas.CheckAsync(kind, Scope) ?? await WriteAsync(create());
        _ = ExistsOrForget();
        return refusal is null ? View() : refusal;
    }

    /// <summary>Stores a changed record.</summary>
    protected async Task<Answer<TView>> ChangeAsync(TState next) => await WriteAsync(next) is { } refusal ? refusal : View();

    /// <summary>Removes the record; the answer shows it as it was.</summary>
    protected async Task<Answer<TView>> DeleteAsync()
    {
        if (NotFound() is { } notFound)
        {
            return notFound;
        }

        var view = View();
        if (await ConfirmedAsync(stored.ClearStateAsync) is { } refusal)
        {
            return refusal;
        }

        DeactivateOnIdle();
        return view;
    }

    private async Task<Answer<TagSet>> ChangeTagsAsync(Func<TagSet, TagSet> change)
    {
        if (NotFound() is { } notFound)
        {
            return notFound;
        }

        if (IsRepeated)
        {
            return new TagSet(State.Tags);
        }

        var tags = change(new(State.Tags));
        return await WriteAsync(State.Tagged(tags.Tags)) is { } refusal ? refusal : tags;
    }

    // Null when durable; a refusal when the store said no and nothing changed.
    private async Task<Refusal?> WriteAsync(TState next)
    {
        var before = stored.State;
        stored.State = next.With(before.Answered.WithCurrent(services.Time.GetUtcNow()));
        var refusal = await ConfirmedAsync(stored.WriteStateAsync);
        if (refusal is not null)
        {
            stored.State = before;
        }

        return refusal;
    }

    private async Task<Refusal?> ConfirmedAsync(Func<Task> write)
    {
        try
        {
            await write();
            return null;
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
    }

    // Asked for by name only: nothing to keep in memory once it has answered.
    private bool ExistsOrForget()
    {
        if (!Exists)
        {
            DeactivateOnIdle();
        }

        return Exists;
    }
}
