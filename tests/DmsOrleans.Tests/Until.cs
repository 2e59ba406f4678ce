using System.Diagnostics;

namespace DmsOrleans.Tests;

/// <summary>Waits for a condition, never for a duration.</summary>
internal static class Until
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(10);

    /// <summary>Asks until the answer is accepted; fails with what was expected and the last answer when the deadline passes.</summary>
    public static async Task<T> AsyncIs<T>(Func<Task<T>> ask, Func<T, bool> accepted, string expected, TimeSpan? within = null)
    {
        var clock = Stopwatch.StartNew();
        var deadline = within ?? TimeSpan.FromSeconds(30);
        while (true)
        {
            var answer = await ask();
            if (accepted(answer))
            {
                return answer;
            }

            Assert.True(clock.Elapsed < deadline, $"Expected {expected} within {deadline.TotalSeconds:0} s; the last answer was: {answer}");
            await Task.Delay(Pause, TimeProvider.System, TestContext.Current.CancellationToken);
        }
    }

    /// <summary>As above, for a condition without an answer to show.</summary>
    public static Task Holds(Func<bool> condition, string expected, TimeSpan? within = null) =>
        AsyncIs(() => Task.FromResult(condition()), held => held, expected, within);
}
