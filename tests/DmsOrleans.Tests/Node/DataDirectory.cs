namespace DmsOrleans.Tests.Node;

/// <summary>A data directory for one test, gone with it.</summary>
internal sealed class DataDirectory : IDisposable
{
    public string Path { get; } = Directory.CreateTempSubdirectory("dms-test-").FullName;

    public string Database => System.IO.Path.Combine(Path, "dms.db");

    public void Dispose() => Directory.Delete(Path, recursive: true);
}
