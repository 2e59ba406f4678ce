namespace DmsOrleans.Tests.Storage;

/// <summary>The one-node store keeps Orleans' grain storage contract.</summary>
public sealed class SqliteGrainStorageTests : GrainStorageContract
{
    protected override async Task<IStoreUnderTest> OpenAsync() => await SqliteUnderTest.OpenAsync();
}

/// <summary>The one-node store keeps Orleans' reminder table contract.</summary>
public sealed class SqliteReminderTableTests : ReminderTableContract
{
    protected override async Task<IStoreUnderTest> OpenAsync() => await SqliteUnderTest.OpenAsync();
}

/// <summary>The one-node store answers questions as every store of ours.</summary>
public sealed class SqliteStateStoreTests : StateStoreContract
{
    protected override async Task<IStoreUnderTest> OpenAsync() => await SqliteUnderTest.OpenAsync();
}

/// <summary>The one-node store tells histories as every store of ours.</summary>
public sealed class SqliteTransitionsTests : TransitionsContract
{
    protected override async Task<IStoreUnderTest> OpenAsync() => await SqliteUnderTest.OpenAsync();
}
