using System.Diagnostics;

namespace DmsOrleans;

/// <summary>The names under which this system reports of itself.</summary>
public static class Telemetry
{
    /// <summary>The meter that all our instruments belong to, and the name of our activity source.</summary>
    public const string Name = "DmsOrleans";

    /// <summary>Spans of our own, between those of ASP.NET and Orleans.</summary>
    public static ActivitySource Source { get; } = new(Name);
}
