using System.Text.Json;
using System.Text.Json.Nodes;
using DmsOrleans.Engines.Settings;
using DmsOrleans.Replications;

namespace DmsOrleans.Tests.Engines;

public sealed class TaskSettingsTests
{
    [Theory]
    [InlineData(ReplicationType.FullLoad, "DROP_AND_CREATE", false)]
    [InlineData(ReplicationType.Cdc, "DO_NOTHING", true)]
    [InlineData(ReplicationType.FullLoadAndCdc, "DROP_AND_CREATE", true)]
    public void The_defaults_differ_by_type(ReplicationType type, string prepMode, bool hasTimeTravel)
    {
        var document = Complete(null, type);
        Assert.Equal(prepMode, document["FullLoadSettings"]!["TargetTablePrepMode"]!.GetValue<string>());
        Assert.Equal(hasTimeTravel, document["TTSettings"] is not null);
        Assert.True(document.ContainsKey("BeforeImageSettings") && document["BeforeImageSettings"] is null);
        Assert.False(document.ContainsKey("ValidationSettings"));
        Assert.Equal(19, document["Logging"]!["LogComponents"]!.AsArray().Count);
        Assert.Equal(14, document.Count);
    }

    [Fact]
    public void Sent_members_go_over_the_defaults_one_by_one()
    {
        var document = Complete("""{"FullLoadSettings":{"MaxFullLoadSubTasks":3},"TargetMetadata":{"NewMember":true},"ValidationSettings":{"EnableValidation":true},"Logging":null}""");
        Assert.Equal(3, document["FullLoadSettings"]!["MaxFullLoadSubTasks"]!.GetValue<int>());
        Assert.Equal(10_000, document["FullLoadSettings"]!["CommitRate"]!.GetValue<int>());
        Assert.True(document["TargetMetadata"]!["NewMember"]!.GetValue<bool>());
        Assert.True(document["ValidationSettings"]!["EnableValidation"]!.GetValue<bool>());
        Assert.Equal(5, document["ValidationSettings"]!["ThreadCount"]!.GetValue<int>());
        Assert.NotNull(document["Logging"]);
    }

    [Fact]
    public void Log_components_are_overridden_by_their_id()
    {
        var components = Complete("""{"Logging":{"LogComponents":[{"Id":"SORTER","Severity":"LOGGER_SEVERITY_DEBUG"}]}}""")["Logging"]!["LogComponents"]!.AsArray();
        Assert.Equal(19, components.Count);
        Assert.Equal(["SORTER"], components.Where(c => c!["Severity"]!.GetValue<string>() != "LOGGER_SEVERITY_DEFAULT").Select(c => c!["Id"]!.GetValue<string>()));
    }

    [Theory]
    [InlineData(ReplicationType.FullLoad)]
    [InlineData(ReplicationType.Cdc)]
    public void A_completed_document_is_valid_and_completes_to_itself(ReplicationType type)
    {
        var document = TaskSettings.Complete("""{"BeforeImageSettings":{"EnableBeforeImage":true,"FieldName":"o'ld"}}""", type);
        Assert.Null(TaskSettings.Validate(document));
        Assert.Equal(document, TaskSettings.Complete(document, type));
        Assert.Contains("o'ld", document, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("nonsense", "Invalid task settings json: not valid JSON")]
    [InlineData("[]", "Invalid task settings json: The JSON must be an object")]
    [InlineData("""{"FulLoadSettings":{}}""", "Invalid task settings json: FulLoadSettings is not a section; the sections are Logging,")]
    [InlineData("""{"FullLoadSettings":[]}""", "FullLoadSettings must be an object, not an array.")]
    [InlineData("""{"FullLoadSettings":{"CommitRate":"10"}}""", "FullLoadSettings.CommitRate must be a number, not a string.")]
    [InlineData("""{"FullLoadSettings":{"MaxFullLoadSubTasks":50}}""", "FullLoadSettings.MaxFullLoadSubTasks is 50; it must be a whole number from 1 to 49.")]
    [InlineData("""{"FullLoadSettings":{"TargetTablePrepMode":"DROP"}}""", "it must be one of DO_NOTHING, DROP_AND_CREATE, TRUNCATE_BEFORE_LOAD.")]
    [InlineData("""{"Logging":{"LogConfiguration":{"TraceOnErrorMb":true}}}""", "Logging.LogConfiguration.TraceOnErrorMb must be a number, not true or false.")]
    [InlineData("""{"Logging":{"LogComponents":[{"Id":"SORTR","Severity":"LOGGER_SEVERITY_DEBUG"}]}}""", "Logging.LogComponents[0].Id is 'SORTR'")]
    [InlineData("""{"Logging":{"CloudWatchLogGroup":"mine"}}""", "Task Settings CloudWatchLogGroup or CloudWatchLogStream cannot be set on create.")]
    public void Wrong_settings_are_refused_and_the_key_named(string sent, string expected) =>
        Assert.Contains(expected, TaskSettings.Validate(sent), StringComparison.Ordinal);

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("{}")]
    [InlineData("""{"Logging":{"EnableLogging":true,"CloudWatchLogGroup":null}}""")]
    public void Sound_settings_are_accepted(string? sent) => Assert.Null(TaskSettings.Validate(sent));

    [Fact]
    public void Engines_read_what_they_act_on()
    {
        Assert.Equal(new TaskSettingsValues(), TaskSettings.Read(null));
        Assert.Equal(
            new TaskSettingsValues { MaxFullLoadSubTasks = 2, StopTaskCachedChangesApplied = true, FailOnNoTablesCaptured = false, StopsOnTableError = true },
            TaskSettings.Read("""{"FullLoadSettings":{"MaxFullLoadSubTasks":2,"StopTaskCachedChangesApplied":true},"ErrorBehavior":{"FailOnNoTablesCaptured":false,"TableErrorPolicy":"STOP_TASK"}}"""));
        Assert.Equal(new TaskSettingsValues(), TaskSettings.Read("""{"FullLoadSettings":{"MaxFullLoadSubTasks":0}}"""));
    }

    [Fact]
    public void The_values_engines_read_have_the_document_s_defaults()
    {
        var document = TaskSettings.Complete(null, ReplicationType.FullLoadAndCdc);
        Assert.Equal(TaskSettings.Read(null), TaskSettings.Read(document));
    }

    private static JsonObject Complete(string? sent, ReplicationType type = ReplicationType.FullLoadAndCdc) =>
        JsonSerializer.Deserialize<JsonObject>(TaskSettings.Complete(sent, type))!;
}
