namespace DmsOrleans.Storage;

/// <summary>Where a store's table of registered reminders is found among the services, beneath what is shown to Orleans as the reminder table.</summary>
public static class StoredReminders
{
    /// <summary>The service key of the store's own <c>IReminderTable</c>.</summary>
    public const string Key = "stored-reminders";
}
