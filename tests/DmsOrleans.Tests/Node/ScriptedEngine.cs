using System.Reflection;
using DmsOrleans.Engines;
using DmsOrleans.Engines.Simulated;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace DmsOrleans.Tests.Node;

/// <summary>The simulated engine, but for tests of connections, which do what the test says.</summary>
#pragma warning disable CA1852 // DispatchProxy derives from it at run time.
internal class ScriptedEngine : DispatchProxy
#pragma warning restore CA1852
{
    private readonly IReplicationEngine simulated = new SimulatedEngine(Options.Create(new SimulationOptions()));
    private int asked;
    private Func<int, Task<StepFailure?>> test = _ => Task.FromResult<StepFailure?>(null);

    /// <summary>How often a connection was to be tested.</summary>
    public int Asked => Volatile.Read(ref asked);

    /// <summary>Makes one; <paramref name="test"/> is told how often it was asked before.</summary>
    public static ScriptedEngine Of(Func<int, Task<StepFailure?>> test)
    {
        var engine = (ScriptedEngine)(object)Create<IReplicationEngine, ScriptedEngine>();
        engine.test = test;
        return engine;
    }

    /// <summary>Puts it into a node.</summary>
    public void Into(IServiceCollection services) => services.AddSingleton((IReplicationEngine)(object)this);

    protected override object? Invoke(MethodInfo? targetMethod, object?[]? args) =>
        targetMethod!.Name == nameof(IReplicationEngine.TestConnectionAsync)
            ? new ValueTask<StepFailure?>(test(Interlocked.Increment(ref asked) - 1))
            : targetMethod.Invoke(simulated, args);
}
