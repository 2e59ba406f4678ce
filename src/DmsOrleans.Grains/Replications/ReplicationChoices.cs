namespace DmsOrleans.Replications;

/// <summary>
/// What this service does where AWS is silent or unclear, each with the rival that somebody may need. Section <c>DmsOrleans:Replications:Choices</c>. The
/// defaults are what most clients live with best.
/// </summary>
public sealed class ReplicationChoices
{
    /// <summary>Whether StopReplication is accepted in the phases before <c>running</c>. True: <c>stopping</c>, then <c>stopped</c> with the reason NORMAL. False: InvalidResourceStateFault.</summary>
    public bool StopInStartPhases { get; set; } = true;

    /// <summary>Whether StopReplication is accepted once more while <c>stopping</c>, and changes nothing. False: InvalidResourceStateFault.</summary>
    public bool StopWhileStopping { get; set; }

    /// <summary>Whether a resume with its capacity still there goes <c>initializing</c>, <c>testing_connection</c>, <c>replication_starting</c>, <c>running</c>. False: all phases again.</summary>
    public bool ShortResume { get; set; } = true;

    /// <summary>When <c>start-replication</c> is accepted for a replication that ran before.</summary>
    public StartAgain StartAgain { get; set; } = StartAgain.WhenDeprovisioned;

    /// <summary>For which types <c>resume-processing</c> starts a replication that never ran. Terraform always resumes, and expects a start.</summary>
    public ResumeOfCreated ResumeOfCreated { get; set; } = ResumeOfCreated.AllTypes;

    /// <summary>Whether statistics stay after capacity was taken back. False: they are gone, as the user guide says, and table statistics are an empty list.</summary>
    public bool KeepStatistics { get; set; }

    /// <summary>Whether ProvisionState is written in upper case. Airflow compares in lower case.</summary>
    public bool UpperCaseProvisionState { get; set; }
}

/// <summary>When <c>start-replication</c> is legal for a replication that ran before.</summary>
public enum StartAgain
{
    /// <summary>Only once its capacity was taken back: nothing is left of the run before, so that it is a first start again.</summary>
    WhenDeprovisioned = 0,

    /// <summary>Never, unless change capture is given a position: as standard DMS does with tasks.</summary>
    Never = 1,

    /// <summary>Always, from the beginning.</summary>
    Always = 2,
}

/// <summary>For which types a resume of what never ran is a start.</summary>
public enum ResumeOfCreated
{
    /// <summary>All.</summary>
    AllTypes = 0,

    /// <summary><c>cdc</c> only.</summary>
    CdcOnly = 1,

    /// <summary>None: <c>resume-processing</c> is refused until there was a run.</summary>
    Never = 2,
}
