namespace DmsOrleans.Benchmarks;

/// <summary>A fresh data directory, gone with its user.</summary>
internal sealed class BenchmarkDirectory : IDisposable
{
    public string Path { get; } = Directory.CreateTempSubdirectory("dms-benchmark-").FullName;

    public void Dispose() => Directory.Delete(Path, recursive: true);
}
