using System.Text.Json;
using System.Text.Json.Nodes;
using CsCheck;
using DmsOrleans.Engines;
using DmsOrleans.Engines.Settings;
using DmsOrleans.Replications;
using DmsOrleans.Tests.Grains;

namespace DmsOrleans.Tests.Engines;

public sealed class TaskSettingsTests
{
    // As captured from AWS by the authors of Terraform's provider (testdata/replication_config/defaults), for full-load-and-cdc.
    private const string CapturedDefaults = """
        {"Logging":{"EnableLogging":false,"EnableLogContext":false,
          "LogComponents":[LOG_COMPONENTS],
          "CloudWatchLogGroup":null,"CloudWatchLogStream":null,
          "LogConfiguration":{"EnableTraceOnError":false,"TraceOnErrorMb":10}},
         "StreamBufferSettings":{"StreamBufferCount":3,"CtrlStreamBufferSizeInMB":5,"StreamBufferSizeInMB":8},
         "ErrorBehavior":{"FailOnNoTablesCaptured":true,"ApplyErrorUpdatePolicy":"LOG_ERROR",
          "FailOnTransactionConsistencyBreached":false,"RecoverableErrorThrottlingMax":1800,
          "DataErrorEscalationPolicy":"SUSPEND_TABLE","ApplyErrorEscalationCount":0,
          "RecoverableErrorStopRetryAfterThrottlingMax":true,"RecoverableErrorThrottling":true,
          "ApplyErrorFailOnTruncationDdl":false,"DataMaskingErrorPolicy":"STOP_TASK",
          "DataTruncationErrorPolicy":"LOG_ERROR","ApplyErrorInsertPolicy":"LOG_ERROR","EventErrorPolicy":"IGNORE",
          "ApplyErrorEscalationPolicy":"LOG_ERROR","RecoverableErrorCount":-1,"DataErrorEscalationCount":0,
          "TableErrorEscalationPolicy":"STOP_TASK","RecoverableErrorInterval":5,"ApplyErrorDeletePolicy":"IGNORE_RECORD",
          "TableErrorEscalationCount":0,"FullLoadIgnoreConflicts":true,"DataErrorPolicy":"LOG_ERROR",
          "TableErrorPolicy":"SUSPEND_TABLE"},
         "TTSettings":{"TTS3Settings":null,"TTRecordSettings":null,"FailTaskOnTTFailure":false,"EnableTT":false},
         "FullLoadSettings":{"CommitRate":10000,"StopTaskCachedChangesApplied":false,
          "StopTaskCachedChangesNotApplied":false,"MaxFullLoadSubTasks":8,"TransactionConsistencyTimeout":600,
          "CreatePkAfterFullLoad":false,"TargetTablePrepMode":"DROP_AND_CREATE"},
         "TargetMetadata":{"ParallelApplyBufferSize":0,"ParallelApplyQueuesPerThread":0,"ParallelApplyThreads":0,
          "TargetSchema":"","InlineLobMaxSize":0,"ParallelLoadQueuesPerThread":0,"SupportLobs":true,"LobChunkSize":64,
          "TaskRecoveryTableEnabled":false,"ParallelLoadThreads":0,"LobMaxSize":32,"BatchApplyEnabled":false,
          "FullLobMode":false,"LimitedSizeLobMode":true,"LoadMaxFileSize":0,"ParallelLoadBufferSize":0},
         "BeforeImageSettings":null,
         "ControlTablesSettings":{"historyTimeslotInMinutes":5,"CommitPositionTableEnabled":false,
          "HistoryTimeslotInMinutes":5,"StatusTableEnabled":false,"SuspendedTablesTableEnabled":false,
          "HistoryTableEnabled":false,"ControlSchema":"","FullLoadExceptionTableEnabled":false},
         "LoopbackPreventionSettings":null,"CharacterSetSettings":null,"FailTaskWhenCleanTaskResourceFailed":false,
         "ChangeProcessingTuning":{"StatementCacheSize":50,"CommitTimeout":1,"RecoveryTimeout":-1,
          "BatchApplyPreserveTransaction":true,"BatchApplyTimeoutMin":1,"BatchSplitSize":0,"BatchApplyTimeoutMax":30,
          "MinTransactionSize":1000,"MemoryKeepTime":60,"BatchApplyMemoryLimit":500,"MemoryLimitTotal":1024},
         "ChangeProcessingDdlHandlingPolicy":{"HandleSourceTableDropped":true,"HandleSourceTableTruncated":true,
          "HandleSourceTableAltered":true},
         "PostProcessingRules":null}
        """;

    private static readonly string[] LogComponents =
    [
        "DATA_STRUCTURE", "COMMUNICATION", "IO", "COMMON", "FILE_FACTORY", "FILE_TRANSFER", "REST_SERVER", "ADDONS", "TARGET_LOAD", "TARGET_APPLY",
        "SOURCE_UNLOAD", "SOURCE_CAPTURE", "TRANSFORMATION", "SORTER", "TASK_MANAGER", "TABLES_MANAGER", "METADATA_MANAGER", "PERFORMANCE", "VALIDATOR_EXT",
    ];

    [Theory]
    [InlineData(ReplicationType.FullLoadAndCdc, "", "")]
    [InlineData(ReplicationType.Cdc, "\"DROP_AND_CREATE\"", "\"DO_NOTHING\"")]
    [InlineData(ReplicationType.FullLoad, """{"TTS3Settings":null,"TTRecordSettings":null,"FailTaskOnTTFailure":false,"EnableTT":false}""", "null")]
    public void The_defaults_are_those_captured_from_the_service_for_each_type(ReplicationType type, string of, string instead)
    {
        var components = string.Join(',', LogComponents.Select(id => $$"""{"Severity":"LOGGER_SEVERITY_DEFAULT","Id":"{{id}}"}"""));
        var captured = string.Concat(CapturedDefaults.Where(c => !char.IsWhiteSpace(c))).Replace("LOG_COMPONENTS", components, StringComparison.Ordinal);
        Assert.Equal(of.Length == 0 ? captured : captured.Replace(of, instead, StringComparison.Ordinal), TaskSettings.Complete(Config(null, type)));
    }

    [Fact]
    public void Sent_members_go_over_the_defaults_one_by_one()
    {
        var document = Completed(Config("""{"FullLoadSettings":{"MaxFullLoadSubTasks":3},"ValidationSettings":{"EnableValidation":true},"Logging":null,"TTSettings":{"TTS3Settings":{"BucketName":"b"}}}"""));
        Assert.Equal(3, document["FullLoadSettings"]!["MaxFullLoadSubTasks"]!.GetValue<int>());
        Assert.Equal(10_000, document["FullLoadSettings"]!["CommitRate"]!.GetValue<int>());
        Assert.Equal("b", document["TTSettings"]!["TTS3Settings"]!["BucketName"]!.GetValue<string>());
        Assert.NotNull(document["Logging"]);
    }

    [Fact]
    public void A_section_that_is_set_is_completed_with_its_own_defaults()
    {
        Assert.Equal(
            """{"EnableValidation":true,"ValidationMode":"ROW_LEVEL","ThreadCount":5,"PartitionSize":10000,"FailureMaxCount":10000,"TableFailureMaxCount":1000,"RecordFailureDelayLimitInMinutes":0,"RecordSuspendDelayInMinutes":30,"RecordFailureDelayInMinutes":5,"MaxKeyColumnSize":8096,"ValidationOnly":false,"HandleCollationDiff":false,"SkipLobColumns":false,"ValidationPartialLobSize":0,"ValidationQueryCdcDelaySeconds":0}""",
            Completed(Config("""{"ValidationSettings":{"EnableValidation":true}}"""))["ValidationSettings"]!.ToJsonString());
        Assert.Equal("""{"EnableBeforeImage":true,"FieldName":"","ColumnFilter":"pk-only"}""", Completed(Config("""{"BeforeImageSettings":{"EnableBeforeImage":true}}"""))["BeforeImageSettings"]!.ToJsonString());
        Assert.NotNull(Completed(Config("""{"TTSettings":{}}""", ReplicationType.FullLoad))["TTSettings"]);
    }

    [Fact]
    public void Log_components_are_overridden_by_their_id()
    {
        var config = Config("""{"Logging":{"LogComponents":[{"Id":"SORTER","Severity":"LOGGER_SEVERITY_DEBUG"},{"Id":"IO","Severity":"LOGGER_SEVERITY_INFO"}]}}""");
        config = Put(config, """{"Logging":{"LogComponents":[{"Id":"IO","Severity":"LOGGER_SEVERITY_DEFAULT"}]}}""");
        var components = Completed(config)["Logging"]!["LogComponents"]!.AsArray();
        Assert.Equal(LogComponents, components.Select(c => c!["Id"]!.GetValue<string>()));
        Assert.Equal(["SORTER"], components.Where(c => c!["Severity"]!.GetValue<string>() != "LOGGER_SEVERITY_DEFAULT").Select(c => c!["Id"]!.GetValue<string>()));
    }

    [Theory]
    [InlineData("historyTimeslotInMinutes")]
    [InlineData("HistoryTimeslotInMinutes")]
    public void A_timeslot_is_answered_in_both_spellings(string sent)
    {
        var control = Completed(Config($$$"""{"ControlTablesSettings":{"{{{sent}}}":9}}"""))["ControlTablesSettings"]!;
        Assert.Equal((9, 9), (control["historyTimeslotInMinutes"]!.GetValue<int>(), control["HistoryTimeslotInMinutes"]!.GetValue<int>()));
    }

    [Theory]
    [InlineData(ReplicationType.FullLoad)]
    [InlineData(ReplicationType.Cdc)]
    [InlineData(ReplicationType.FullLoadAndCdc)]
    public void What_the_service_answered_can_be_sent_back_and_changes_nothing(ReplicationType type)
    {
        var config = Config("""{"BeforeImageSettings":{"FieldName":"o'ld"},"Logging":{"EnableLogging":true},"ValidationSettings":{}}""", type);
        var shown = TaskSettings.Complete(config, "R1");
        Assert.Contains("o'ld", shown, StringComparison.Ordinal);
        Assert.Equal(shown, TaskSettings.Complete(Put(config, shown, shown), "R1"));
    }

    [Fact]
    public void Only_what_differs_from_the_defaults_is_stored()
    {
        Assert.Null(Config("{}").ReplicationSettings);
        Assert.Null(Config("""{"FullLoadSettings":{"CommitRate":10000},"ErrorBehavior":null,"BeforeImageSettings":null}""").ReplicationSettings);
        Assert.Equal("""{"FullLoadSettings":{"CommitRate":9}}""", Config("""{"ErrorBehavior":{"TableErrorPolicy":"SUSPEND_TABLE"},"FullLoadSettings":{"CommitRate":9,"MaxFullLoadSubTasks":8}}""").ReplicationSettings);
        Assert.Equal("""{"ValidationSettings":{}}""", Config("""{"ValidationSettings":{"EnableValidation":false}}""").ReplicationSettings);
        var whole = TaskSettings.Complete(Config(null));
        Assert.True(Config(whole).ReplicationSettings!.Length < 100, Config(whole).ReplicationSettings);
    }

    [Fact]
    public void What_was_said_of_a_default_that_the_type_decides_outlives_a_change_of_type()
    {
        var said = Config("""{"FullLoadSettings":{"TargetTablePrepMode":"DROP_AND_CREATE"}}""") with { Type = ReplicationType.Cdc };
        Assert.Equal("DROP_AND_CREATE", Completed(said)["FullLoadSettings"]!["TargetTablePrepMode"]!.GetValue<string>());
        Assert.Equal("DO_NOTHING", Completed(Config(null) with { Type = ReplicationType.Cdc })["FullLoadSettings"]!["TargetTablePrepMode"]!.GetValue<string>());
    }

    [Fact]
    public void A_modification_keeps_what_it_does_not_name_and_null_brings_a_default_back()
    {
        var config = Config("""{"FullLoadSettings":{"CommitRate":9,"MaxFullLoadSubTasks":2},"BeforeImageSettings":{"FieldName":"f"}}""");
        config = Put(config, """{"FullLoadSettings":{"CommitRate":null,"TransactionConsistencyTimeout":7},"BeforeImageSettings":null}""");
        Assert.Equal("""{"FullLoadSettings":{"MaxFullLoadSubTasks":2,"TransactionConsistencyTimeout":7}}""", config.ReplicationSettings);
        var document = Completed(config);
        Assert.Equal(10_000, document["FullLoadSettings"]!["CommitRate"]!.GetValue<int>());
        Assert.Null(document["BeforeImageSettings"]);
    }

    [Fact]
    public void Log_group_and_stream_are_named_once_a_logging_replication_ran_and_may_only_come_back_as_they_are()
    {
        var config = Config("""{"Logging":{"EnableLogging":true}}""");
        var shown = TaskSettings.Complete(config, "R1");
        var logging = JsonNode.Parse(shown)!["Logging"]!;
        Assert.Equal("dms-serverless-replication-R1", logging["CloudWatchLogGroup"]!.GetValue<string>());
        Assert.Equal("dms-serverless-serv-res-id-R1", logging["CloudWatchLogStream"]!.GetValue<string>());
        Assert.Null(Completed(config)["Logging"]!["CloudWatchLogGroup"]);
        Assert.DoesNotContain("R1", TaskSettings.Complete(Config(null), "R1"), StringComparison.Ordinal);
        Assert.Equal(
            "Task Settings CloudWatchLogGroup or CloudWatchLogStream cannot be modified.",
            TaskSettings.Put(config, """{"Logging":{"CloudWatchLogGroup":"dms-serverless-replication-R2"}}""", shown).FaultText);
    }

    [Theory]
    [InlineData("nonsense", "Invalid task settings json: not valid JSON")]
    [InlineData("[]", "Invalid task settings json: The JSON must be an object")]
    [InlineData("""{"FulLoadSettings":{}}""", "Invalid task settings json: FulLoadSettings is not a section; the sections are Logging,")]
    [InlineData("""{"FullLoadSettings":{"ComitRate":1}}""", "Invalid task settings json: FullLoadSettings.ComitRate is not known; the members of FullLoadSettings are CommitRate,")]
    [InlineData("""{"FullLoadSettings":[]}""", "FullLoadSettings must be an object, not an array.")]
    [InlineData("""{"BeforeImageSettings":[]}""", "BeforeImageSettings must be an object, not an array.")]
    [InlineData("""{"CharacterSetSettings":3}""", "CharacterSetSettings must be an object, not a number.")]
    [InlineData("""{"FailTaskWhenCleanTaskResourceFailed":"no"}""", "FailTaskWhenCleanTaskResourceFailed must be true or false, not a string.")]
    [InlineData("""{"FullLoadSettings":{"CommitRate":"10"}}""", "FullLoadSettings.CommitRate must be a number, not a string.")]
    [InlineData("""{"FullLoadSettings":{"MaxFullLoadSubTasks":50}}""", "FullLoadSettings.MaxFullLoadSubTasks is 50; it must be a whole number from 1 to 49.")]
    [InlineData("""{"TargetMetadata":{"LobMaxSize":-1}}""", "TargetMetadata.LobMaxSize is -1; it must be a whole number from 0 to 2147483647.")]
    [InlineData("""{"TargetMetadata":{"LobMaxSize":1.5}}""", "TargetMetadata.LobMaxSize is 1.5; it must be a whole number")]
    [InlineData("""{"FullLoadSettings":{"TargetTablePrepMode":"DROP"}}""", "it must be one of DO_NOTHING, DROP_AND_CREATE, TRUNCATE_BEFORE_LOAD.")]
    [InlineData("""{"ValidationSettings":{"ValidationMode":"TABLE"}}""", "ValidationSettings.ValidationMode is 'TABLE'")]
    [InlineData("""{"Logging":{"LogConfiguration":{"TraceOnErrorMb":true}}}""", "Logging.LogConfiguration.TraceOnErrorMb must be a number, not true or false.")]
    [InlineData("""{"Logging":{"LogComponents":[{"Id":"SORTR","Severity":"LOGGER_SEVERITY_DEBUG"}]}}""", "Logging.LogComponents[0].Id is 'SORTR'")]
    [InlineData("""{"Logging":{"LogComponents":[{"Id":"SORTER","Severity":"DEBUG"}]}}""", "Logging.LogComponents[0].Severity is 'DEBUG'")]
    [InlineData("""{"ControlTablesSettings":{"historyTimeslotInMinutes":5,"HistoryTimeslotInMinutes":6}}""", "are one setting and must have the same value.")]
    [InlineData("""{"Logging":{"CloudWatchLogGroup":"mine"}}""", "Task Settings CloudWatchLogGroup or CloudWatchLogStream cannot be set on create.")]
    [InlineData("""{"Logging":{"CloudWatchLogStream":""}}""", "Task Settings CloudWatchLogGroup or CloudWatchLogStream cannot be set on create.")]
    public void Wrong_settings_are_refused_and_the_key_named(string sent, string expected)
    {
        Assert.Contains(expected, TaskSettings.Validate(sent), StringComparison.Ordinal);
        Assert.Contains(expected, TaskSettings.Put(Sample.Spec(), sent).FaultText, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{"Logging":{"EnableLogContext":true}}""", ReplicationType.Cdc, "Logging.EnableLogContext is not allowed when Logging.EnableLogging is not set to true.")]
    [InlineData("""{"Logging":{"EnableLogContext":true,"EnableLogging":true}}""", ReplicationType.Cdc, null)]
    [InlineData("""{"ResyncSettings":{"EnableResync":true,"ResyncSchedule":"30 9 ? * MON-FRI"}}""", ReplicationType.Cdc, "ResyncSettings.MaxResyncTime is required")]
    [InlineData("""{"ResyncSettings":{"EnableResync":true,"MaxResyncTime":60}}""", ReplicationType.FullLoad, "ResyncSettings.MaxResyncTime cannot be set")]
    [InlineData("""{"ResyncSettings":{"EnableResync":true}}""", ReplicationType.FullLoad, null)]
    public void Members_that_do_not_go_together_are_refused(string sent, ReplicationType type, string? expected)
    {
        var fault = TaskSettings.ValidateWhole(Config(sent, type));
        Assert.Equal(expected is null, fault is null);
        Assert.Contains(expected ?? "", fault ?? "", StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("{}")]
    [InlineData("""{"Logging":{"EnableLogging":true,"CloudWatchLogGroup":null}}""")]
    [InlineData("""{"ErrorBehavior":{"RecoverableErrorCount":-1},"PostProcessingRules":[],"CharacterSetSettings":{"CharacterReplacements":[]}}""")]
    public void Sound_settings_are_accepted(string? sent) => Assert.Null(TaskSettings.Validate(sent));

    [Fact]
    public void What_is_said_of_a_thousand_faults_has_a_bound()
    {
        var members = string.Join(',', Enumerable.Range(0, 1_000).Select(i => $"\"{new string('x', 1_500)}{i}\":1"));
        var fault = TaskSettings.Validate("{\"FullLoadSettings\":{" + members + "}}")!;
        Assert.EndsWith("And 980 more.", fault, StringComparison.Ordinal);
        Assert.InRange(fault.Length, 1_000, 25_000);
    }

    [Fact]
    public void Engines_read_what_they_act_on()
    {
        Assert.Equal(
            new TaskSettingsValues { MaxFullLoadSubTasks = 2, StopTaskCachedChangesApplied = true, FailOnNoTablesCaptured = false, StopsOnTableError = true, EnableValidation = true },
            TaskSettings.Read(Config("""{"FullLoadSettings":{"MaxFullLoadSubTasks":2,"StopTaskCachedChangesApplied":true},"ErrorBehavior":{"FailOnNoTablesCaptured":false,"TableErrorPolicy":"STOP_TASK"},"ValidationSettings":{"EnableValidation":true}}""")));
        Assert.Equal(new TaskSettingsValues(), TaskSettings.Read(Sample.Spec() with { ReplicationSettings = """{"FullLoadSettings":{"MaxFullLoadSubTasks":0}}""" }));
    }

    [Fact]
    public void The_values_engines_read_have_the_document_s_defaults() => Assert.Equal(new TaskSettingsValues(), TaskSettings.Read(Config(null)));

    [Fact]
    public void Settings_stored_before_there_were_versions_are_completed_with_the_first()
    {
        var earlier = Sample.Spec() with { ReplicationSettings = """{"FullLoadSettings":{"CommitRate":9},"Logging":null}""" };
        Assert.Equal(TaskSettings.Complete(Config("""{"FullLoadSettings":{"CommitRate":9}}""")), TaskSettings.Complete(earlier));
        Assert.Equal("""{"FullLoadSettings":{"CommitRate":8}}""", Put(earlier, """{"FullLoadSettings":{"CommitRate":8}}""").ReplicationSettings);
    }

    [Fact]
    public void No_text_makes_it_throw()
    {
        const string sound = """{"Logging":{"LogComponents":[{"Id":"IO","Severity":"LOGGER_SEVERITY_INFO"}],"CloudWatchLogGroup":null},"ControlTablesSettings":{"HistoryTimeslotInMinutes":5},"TTSettings":{"TTS3Settings":{"a":[1,{}]}}}""";
        var config = Config(sound);
        var shown = TaskSettings.Complete(config);
        Gen.Select(Gen.Int[0, sound.Length - 1], Gen.OneOf(Gen.Char["{}[]\":,10nulltrue "], Gen.Char)).Sample((at, c) => Try(sound[..at] + c + sound[(at + 1)..]), iter: 3_000);
        Gen.String.Sample(Try, iter: 500);

        void Try(string text)
        {
            var put = TaskSettings.Put(config, text, shown);
            Assert.True(put.Value is null == put.Faults.Count > 0);
            _ = TaskSettings.Complete(config with { ReplicationSettings = text });
            _ = TaskSettings.Read(config with { ReplicationSettings = text });
            _ = TaskSettings.ValidateWhole(config with { ReplicationSettings = text });
        }
    }

    private static ReplicationSpec Config(string? sent, ReplicationType type = ReplicationType.FullLoadAndCdc) =>
        Put(Sample.Spec(type) with { SettingsVersion = TaskSettings.NewestDefaults }, sent);

    private static ReplicationSpec Put(ReplicationSpec spec, string? sent, string? shown = null)
    {
        var put = TaskSettings.Put(spec, sent, shown);
        Assert.Empty(put.Faults);
        return put.Value!;
    }

    private static JsonObject Completed(ReplicationSpec spec) => JsonSerializer.Deserialize<JsonObject>(TaskSettings.Complete(spec))!;
}
