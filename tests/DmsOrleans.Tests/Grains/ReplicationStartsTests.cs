using DmsOrleans.Replications;

namespace DmsOrleans.Tests.Grains;

/// <summary>The table of reference section 3.5: which start type is legal for which type of replication, and when.</summary>
public sealed class ReplicationStartsTests
{
    [Theory]
    [InlineData("full-load", "start-replication", true)]
    [InlineData("full-load", "resume-processing", true)]
    [InlineData("full-load", "reload-target", false)]
    [InlineData("cdc", "start-replication", true)]
    [InlineData("cdc", "resume-processing", true)]
    [InlineData("cdc", "reload-target", false)]
    [InlineData("full-load-and-cdc", "start-replication", true)]
    [InlineData("full-load-and-cdc", "resume-processing", true)]
    [InlineData("full-load-and-cdc", "reload-target", false)]
    public void On_the_first_run(string type, string startType, bool legal) => Check(Created(type), startType, legal);

    [Theory]
    [InlineData("full-load", "start-replication", false)]
    [InlineData("full-load", "resume-processing", false)]
    [InlineData("full-load", "reload-target", true)]
    [InlineData("cdc", "start-replication", false)]
    [InlineData("cdc", "resume-processing", true)]
    [InlineData("cdc", "reload-target", false)]
    [InlineData("full-load-and-cdc", "start-replication", false)]
    [InlineData("full-load-and-cdc", "resume-processing", true)]
    [InlineData("full-load-and-cdc", "reload-target", true)]
    public void On_a_later_run_while_provisioned(string type, string startType, bool legal) => Check(Stopped(type, ProvisionState.Provisioned), startType, legal);

    [Theory]
    [InlineData("full-load", "start-replication", true)]
    [InlineData("full-load", "resume-processing", false)]
    [InlineData("full-load", "reload-target", true)]
    [InlineData("cdc", "start-replication", true)]
    [InlineData("cdc", "resume-processing", false)]
    [InlineData("cdc", "reload-target", false)]
    [InlineData("full-load-and-cdc", "start-replication", true)]
    [InlineData("full-load-and-cdc", "resume-processing", false)]
    [InlineData("full-load-and-cdc", "reload-target", true)]
    public void On_a_later_run_after_deprovisioning(string type, string startType, bool legal) => Check(Stopped(type, ProvisionState.Deprovisioned), startType, legal);

    [Fact]
    public void Cdc_starts_again_from_a_given_position()
    {
        var (run, refusal) = Plan(Stopped("cdc", ProvisionState.Provisioned), new() { StartType = "start-replication", CdcStartPosition = "checkpoint:V1#1" });
        Assert.Null(refusal);
        Assert.Equal(TimeSpan.Zero, run!.ElapsedBefore);
    }

    [Fact]
    public void A_resume_after_a_resume_that_failed_early_still_knows_its_position()
    {
        var failedEarly = Stopped("cdc", ProvisionState.Provisioned);
        failedEarly = failedEarly with { Run = failedEarly.Run! with { Number = 2, RunningSince = null, ElapsedAtEnd = TimeSpan.FromMinutes(7) } };
        var (run, refusal) = Plan(failedEarly, new() { StartType = "resume-processing" });
        Assert.Null(refusal);
        Assert.Equal((3, true, TimeSpan.FromMinutes(7)), (run!.Number, run.ShortWalk, run.ElapsedBefore));
    }

    [Theory]
    [InlineData("full-load", null, "2026-01-01", null, Fault.InvalidParameterCombination)]
    [InlineData("full-load", "checkpoint:V1#1", null, null, Fault.InvalidParameterCombination)]
    [InlineData("cdc", "checkpoint:V1#1", "2026-01-01", null, Fault.InvalidParameterCombination)]
    [InlineData("cdc", null, null, "tomorrow", Fault.InvalidParameterValue)]
    [InlineData("cdc", null, null, "server_time:yesterday", Fault.InvalidParameterValue)]
    public void Positions_that_make_no_sense_are_refused(string type, string? position, string? time, string? stop, Fault fault)
    {
        var command = new StartReplication
        {
            StartType = "start-replication",
            CdcStartPosition = position,
            CdcStartTime = time is null ? null : DateTimeOffset.Parse(time, System.Globalization.CultureInfo.InvariantCulture),
            CdcStopPosition = stop,
        };
        Assert.Equal(fault, Plan(Created(type), command).Refusal!.Fault);
    }

    [Theory]
    [InlineData("postgres", "4AF/B00000D0", true)]
    [InlineData("postgres", "checkpoint:V1#1#000004AF/B00000D0#0#0#*#0#0", true)]
    [InlineData("aurora-postgresql", "2018-03-08T12:12:12", false)]
    [InlineData("postgres", "mysql-bin-changelog.000024:373", false)]
    [InlineData("mysql", "mysql-bin-changelog.000024:373", true)]
    [InlineData("mysql", "2018-03-08T12:12:12", true)]
    [InlineData("mysql", "2018-03-08 12:12", false)]
    [InlineData("oracle", "1234567890", true)]
    [InlineData("oracle", "4AF/B00000D0", false)]
    [InlineData("sqlserver", "00000027:00000110:0002", true)]
    [InlineData("sqlserver", "checkpoint:V2", false)]
    [InlineData("db2", "whatever Db2 calls it", true)]
    [InlineData("mongodb", "", false)]
    [InlineData(null, "4AF/B00000D0", true)]
    public void A_start_position_has_the_forms_of_its_source(string? engine, string position, bool legal) =>
        Assert.Equal(legal, Plan(Created("cdc"), new() { StartType = "start-replication", CdcStartPosition = position }, engine, new()).Refusal is null);

    [Theory]
    [InlineData("postgres", false)]
    [InlineData("aurora-postgresql-serverless", false)]
    [InlineData("mysql", true)]
    [InlineData(null, true)]
    public void A_start_time_is_not_for_PostgreSQL(string? engine, bool legal)
    {
        var refusal = Plan(Created("cdc"), new() { StartType = "start-replication", CdcStartTime = DateTimeOffset.UnixEpoch }, engine, new()).Refusal;
        Assert.Equal(legal, refusal is null);
        Assert.Contains(legal ? "" : "CdcStartTime", refusal?.Message ?? "", StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(ResumeOfCreated.AllTypes, true, true)]
    [InlineData(ResumeOfCreated.CdcOnly, true, false)]
    [InlineData(ResumeOfCreated.Never, false, false)]
    public void Who_may_resume_what_never_ran_is_a_choice(ResumeOfCreated choice, bool cdc, bool fullLoad)
    {
        var legal = new[] { "cdc", "full-load-and-cdc" }.Select(type => Plan(Created(type), new() { StartType = "resume-processing" }, null, new() { ResumeOfCreated = choice }).Refusal is null);
        Assert.Equal([cdc, fullLoad], legal);
    }

    [Theory]
    [InlineData(StartAgain.WhenDeprovisioned, false, true)]
    [InlineData(StartAgain.Never, false, false)]
    [InlineData(StartAgain.Always, true, true)]
    public void When_a_replication_may_start_again_is_a_choice(StartAgain choice, bool provisioned, bool deprovisioned)
    {
        var answers = new[] { ProvisionState.Provisioned, ProvisionState.Deprovisioned }
            .Select(provision => Plan(Stopped("full-load", provision), new() { StartType = "start-replication" }, null, new() { StartAgain = choice })).ToList();
        Assert.Equal([provisioned, deprovisioned], answers.Select(a => a.Refusal is null));
        Assert.All(answers.Where(a => a.Refusal is not null), a => Assert.Equal("Start Type : START_REPLICATION, valid only for tasks running for the first time", a.Refusal!.Message));
    }

    [Fact]
    public void A_resume_may_be_made_to_walk_all_phases()
    {
        var resume = new StartReplication { StartType = "resume-processing" };
        Assert.Equal([true, false], new[] { true, false }.Select(brief => Plan(Stopped("cdc", ProvisionState.Provisioned), resume, null, new() { ShortResume = brief }).Run!.ShortWalk));
    }

    [Fact]
    public void A_start_type_that_does_not_exist_is_refused_by_name() =>
        Assert.Contains("'again'", Plan(Created("cdc"), new() { StartType = "again" }).Refusal!.Message, StringComparison.Ordinal);

    private static void Check(ReplicationState state, string startType, bool legal)
    {
        var (run, refusal) = Plan(state, new() { StartType = startType });
        Assert.Equal(legal, refusal is null);
        Assert.Equal(legal, run is not null);
    }

    private static (RunState? Run, Refusal? Refusal) Plan(ReplicationState state, StartReplication command) => Plan(state, command, "postgres", new());

    private static (RunState? Run, Refusal? Refusal) Plan(ReplicationState state, StartReplication command, string? engine, ReplicationChoices choices) =>
        ReplicationStarts.Plan(state, command, engine, choices, TimeScale.One, DateTimeOffset.UnixEpoch);

    private static ReplicationState Created(string type) => new()
    {
        Sequence = 1,
        Status = ReplicationStatus.Created,
        Spec = Sample.Spec(ReplicationTypes.TryParse(type, out var parsed) ? parsed : throw new ArgumentException(type)),
    };

    private static ReplicationState Stopped(string type, string provision) => Created(type) with
    {
        Status = ReplicationStatus.Stopped,
        Run = Sample.Run() with { RunningSince = DateTimeOffset.UnixEpoch, EverRan = true },
        Provision = new() { State = provision },
    };
}
