using System.Globalization;
using DmsOrleans.Replications;
using Microsoft.Extensions.Options;

namespace DmsOrleans.Engines.Simulated;

/// <summary>Checks the values of a simulation, and names each fault by its member.</summary>
internal sealed class SimulationCheck : IValidateOptions<SimulationOptions>
{
    private const int MaxTables = 10_000;
    private const int MaxLoadLevels = 100;
    private const double MaxSeconds = 1e9;
    private const double MaxRate = 1e6;
    private const long MaxRows = 10_000_000_000;
    private const long MaxRowBytes = 1_000_000_000;
    private static readonly string[] Ends = ["none", "source", "target", "both"];

    private readonly List<string> faults;

    /// <summary>For start-up, where the options of the node are checked alone.</summary>
    public SimulationCheck()
        : this([])
    {
    }

    private SimulationCheck(List<string> faults)
    {
        this.faults = faults;
    }

    /// <inheritdoc/>
    public ValidateOptionsResult Validate(string? name, SimulationOptions options)
    {
        var found = new List<string>();
        Check(options, found);
        return found.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(found);
    }

    /// <summary>Adds what is wrong.</summary>
    public static void Check(SimulationOptions options, List<string> faults)
    {
        var check = new SimulationCheck(faults);
        foreach (var (name, phase) in options.Phases)
        {
            check.Phase(name, phase);
        }

        if (!Ends.Contains(options.ConnectionTest.FailingEndpoint))
        {
            faults.Add($"simulation.connectionTest.failingEndpoint is '{options.ConnectionTest.FailingEndpoint}'; it must be one of {string.Join(", ", Ends)}.");
        }

        if (options.ConnectionTest.InvalidHosts.Any(string.IsNullOrWhiteSpace))
        {
            faults.Add("simulation.connectionTest.invalidHosts holds an empty ending, which would match every host.");
        }

        check.Tables(options.Tables);
        check.Generated(options.GeneratedTables);
        check.Range("loadRowsPerSecondPerCapacityUnit", options.LoadRowsPerSecondPerCapacityUnit, 1, 1e9);
        check.Range("changesAppliedPerSecondPerCapacityUnit", options.ChangesAppliedPerSecondPerCapacityUnit, 1, 1e9);
        check.Range("changeLatencySeconds", options.ChangeLatencySeconds, 0, MaxSeconds);
        check.Range("validation.rowsPerSecond", options.Validation.RowsPerSecond, 1, 1e9);
        check.Range("validation.resyncAfterSeconds", options.Validation.ResyncAfterSeconds ?? 0, 0, MaxSeconds);
        check.Range("validation.resyncRowsPerSecond", options.Validation.ResyncRowsPerSecond, 1, 1e9);
        check.Assessments(options.Assessments);
        check.Load(options.Load ?? []);
        if (options.RunFailure is { } failure)
        {
            check.Range("runFailure.afterSeconds", failure.AfterSeconds, 0, MaxSeconds);
            check.Range("runFailure.probability", failure.Probability, 0, 1);
        }
    }

    private void Phase(string name, PhaseSimulation phase)
    {
        if (!ReplicationStatuses.TryParse(name, out var status) || !status.IsStartPhase())
        {
            faults.Add($"simulation.phases.{name} is not a phase; the phases are {string.Join(", ", PhaseDefaults.Phases.Select(p => p.ToWire()))}.");
            return;
        }

        var path = $"phases.{name}";
        if (phase.Seconds is not null && (phase.MinSeconds ?? phase.MaxSeconds) is not null)
        {
            faults.Add($"simulation.{path} has both seconds and minSeconds or maxSeconds; give the one or the others.");
        }

        var (least, most) = PhaseDefaults.Range(status, phase);
        Range($"{path}.{(phase.Seconds is null ? "minSeconds" : "seconds")}", least, 0, MaxSeconds);
        Range($"{path}.maxSeconds", most, Math.Max(0, least), MaxSeconds);
        Range($"{path}.failureProbability", phase.FailureProbability, 0, 1);
        Range($"{path}.hangProbability", phase.HangProbability, 0, 1);
        Range($"{path}.slowdown", phase.Slowdown, 0, 1e6);
    }

    private void Tables(IList<TableSimulation>? tables)
    {
        if (tables is null)
        {
            return;
        }

        if (tables.Count > MaxTables)
        {
            faults.Add($"simulation.tables has {tables.Count} tables; at most {MaxTables} are allowed.");
            return;
        }

        var names = new HashSet<TableName>();
        for (var i = 0; i < tables.Count; i++)
        {
            Table($"tables[{i}]", tables[i]);
            if (!names.Add(new TableName(tables[i].Schema, tables[i].Table)))
            {
                faults.Add($"simulation.tables[{i}] is {tables[i].Schema}.{tables[i].Table} again; each table may be listed once.");
            }
        }
    }

    private void Table(string path, TableSimulation table)
    {
        if (table.Schema.Length == 0 || table.Table.Length == 0)
        {
            faults.Add($"simulation.{path} must have a schema and a table.");
        }

        Range($"{path}.rows", table.Rows, 0, MaxRows);
        Range($"{path}.mismatchedRows", table.MismatchedRows, 0, table.Rows);
        Range($"{path}.suspendedRows", table.SuspendedRows, 0, table.Rows);
        Range($"{path}.rowBytes", table.RowBytes, 1, MaxRowBytes);
        Range($"{path}.lobShare", table.LobShare, 0, 1);
        Range($"{path}.insertsPerSecond", table.InsertsPerSecond, 0, MaxRate);
        Range($"{path}.updatesPerSecond", table.UpdatesPerSecond, 0, MaxRate);
        Range($"{path}.deletesPerSecond", table.DeletesPerSecond, 0, MaxRate);
    }

    private void Assessments(AssessmentsSimulation assessments)
    {
        Range("assessments.secondsEach", assessments.SecondsEach, 0, MaxSeconds);
        foreach (var (name, result) in assessments.Results)
        {
            if (!SimulatedAssessments.All.Contains(name))
            {
                faults.Add($"simulation.assessments.results.{name} is not an assessment; they are {string.Join(", ", SimulatedAssessments.All)}.");
            }
            else if (!SimulatedAssessments.Results.Contains(result))
            {
                faults.Add($"simulation.assessments.results.{name} is '{result}'; it must be one of {string.Join(", ", SimulatedAssessments.Results)}.");
            }
        }
    }

    private void Load(IList<LoadSimulation> levels)
    {
        if (levels.Count > MaxLoadLevels)
        {
            faults.Add($"simulation.load has {levels.Count} levels; at most {MaxLoadLevels} are allowed.");
            return;
        }

        for (var i = 0; i < levels.Count; i++)
        {
            Range($"load[{i}].afterSeconds", levels[i].AfterSeconds, i == 0 ? 0 : levels[i - 1].AfterSeconds, MaxSeconds);
            Range($"load[{i}].capacityUnits", levels[i].CapacityUnits, 0, 10_000);
        }
    }

    private void Generated(GeneratedTablesSimulation generated)
    {
        const string Path = "generatedTables";
        Range($"{Path}.schemas", generated.Schemas, 0, MaxTables);
        Range($"{Path}.minTables", generated.MinTables, 0, MaxTables);
        Range($"{Path}.maxTables", generated.MaxTables, Math.Max(0, generated.MinTables), MaxTables);
        if ((long)generated.Schemas * generated.MaxTables > MaxTables)
        {
            faults.Add($"simulation.{Path}: schemas times maxTables may be at most {MaxTables}.");
        }

        Range($"{Path}.minRows", generated.MinRows, 0, MaxRows);
        Range($"{Path}.maxRows", generated.MaxRows, Math.Max(0, generated.MinRows), MaxRows);
        Range($"{Path}.minRowBytes", generated.MinRowBytes, 1, MaxRowBytes);
        Range($"{Path}.maxRowBytes", generated.MaxRowBytes, Math.Max(1, generated.MinRowBytes), MaxRowBytes);
        Range($"{Path}.maxLobShare", generated.MaxLobShare, 0, 1);
        Range($"{Path}.maxInsertsPerSecond", generated.MaxInsertsPerSecond, 0, MaxRate);
        Range($"{Path}.maxUpdatesPerSecond", generated.MaxUpdatesPerSecond, 0, MaxRate);
        Range($"{Path}.maxDeletesPerSecond", generated.MaxDeletesPerSecond, 0, MaxRate);
        Range($"{Path}.failLoadProbability", generated.FailLoadProbability, 0, 1);
    }

    private void Range(string member, double value, double least, double most)
    {
        if (!(value >= least && value <= most))
        {
            faults.Add(string.Create(CultureInfo.InvariantCulture, $"simulation.{member} is {value}; it must be between {least} and {most}."));
        }
    }
}
