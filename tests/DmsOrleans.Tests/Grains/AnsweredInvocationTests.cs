using DmsOrleans.Replications;

namespace DmsOrleans.Tests.Grains;

public sealed class AnsweredInvocationTests
{
    private static readonly DateTimeOffset Now = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);

    [Fact]
    public void Only_the_same_call_is_found_and_only_for_a_day()
    {
        Invocation.Of("id", "StopReplication", "{}"u8).Enter();
        var kept = ((IReadOnlyList<AnsweredInvocation>?)null).WithCurrent(Now);

        Assert.Equal("id", kept.FindCurrent(Now)?.Id);
        Assert.NotNull(kept.FindCurrent(Now.AddHours(23)));
        Assert.Null(kept.FindCurrent(Now.AddDays(1)));
        Invocation.Of("id", "StopReplication", "{ }"u8).Enter();
        Assert.Null(kept.FindCurrent(Now));
        Invocation.Of("id", "DeleteReplicationConfig", "{}"u8).Enter();
        Assert.Null(kept.FindCurrent(Now));
        Invocation.Of("other", "StopReplication", "{}"u8).Enter();
        Assert.Null(kept.FindCurrent(Now));
    }

    [Fact]
    public void The_last_eight_are_kept_each_once()
    {
        IReadOnlyList<AnsweredInvocation>? kept = null;
        for (var i = 0; i < 20; i++)
        {
            Invocation.Of($"{i / 2}", "StopReplication", "{}"u8).Enter();
            kept = kept.WithCurrent(Now.AddSeconds(i));
        }

        Assert.Equal(["2", "3", "4", "5", "6", "7", "8", "9"], kept!.Select(a => a.Id));
        Invocation.Of("late", "StopReplication", "{}"u8).Enter();
        Assert.Equal("late", Assert.Single(kept.WithCurrent(Now.AddDays(2))!).Id);
    }
}
