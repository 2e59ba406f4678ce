namespace DmsOrleans.Tests.Storage;

/// <summary>The one-node store keeps Orleans' grain storage contract.</summary>
public sealed class SqliteGrainStorage : GrainStorageContract
{
    protected override async Task<IStoreUnderTest> OpenAsync() => await SqliteUnderTest.OpenAsync();
}
