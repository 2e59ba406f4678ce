using System.Text.Json;
using DmsOrleans.Engines.Json;

namespace DmsOrleans.Engines.Simulated;

/// <summary>Reads the JSON form of a simulation onto options. Kinds and names are checked here, values by <see cref="SimulationCheck"/>.</summary>
internal static class SimulationReader
{
    /// <summary>Sets what <paramref name="json"/> names.</summary>
    public static void Overlay(SimulationOptions onto, JsonMembers json, List<string> faults)
    {
        onto.Seed = json.Integer("seed") ?? onto.Seed;
        if (json.Object("phases") is { } phases)
        {
            ReadPhases(onto, phases);
        }

        if (json.Object("connectionTest") is { } test)
        {
            ReadConnectionTest(onto.ConnectionTest, test, faults);
        }

        if (json.Items("tables") is { } tables)
        {
            onto.Tables = [.. tables.Select((table, i) => ReadTable(table, $"simulation.tables[{i}]", faults))];
        }

        if (json.Object("generatedTables") is { } generated)
        {
            onto.Tables = json.Has("tables") ? onto.Tables : null;
            ReadGenerated(onto.GeneratedTables, generated);
        }

        onto.LoadRowsPerSecondPerCapacityUnit = json.Number("loadRowsPerSecondPerCapacityUnit") ?? onto.LoadRowsPerSecondPerCapacityUnit;
        onto.ChangesAppliedPerSecondPerCapacityUnit = json.Number("changesAppliedPerSecondPerCapacityUnit") ?? onto.ChangesAppliedPerSecondPerCapacityUnit;
        onto.ChangeLatencySeconds = json.Number("changeLatencySeconds") ?? onto.ChangeLatencySeconds;
        if (json.Items("load") is { } levels)
        {
            onto.Load = [.. levels.Select((level, i) => ReadLoad(level, $"simulation.load[{i}]", faults))];
        }

        if (json.Object("assessments") is { } assessments)
        {
            ReadAssessments(onto.Assessments, assessments);
        }

        if (json.Object("validation") is { } validation)
        {
            ReadValidation(onto.Validation, validation);
        }

        if (json.Object("runFailure") is { } failure)
        {
            ReadRunFailure(onto.RunFailure ??= new(), failure);
        }

        json.RefuseOthers();
    }

    private static void ReadPhases(SimulationOptions onto, JsonMembers phases)
    {
        foreach (var name in phases.Names)
        {
            if (phases.Object(name) is not { } json)
            {
                continue;
            }

            if (!onto.Phases.TryGetValue(name, out var phase))
            {
                onto.Phases[name] = phase = new PhaseSimulation();
            }

            ReadPhase(phase, json);
        }
    }

    private static void ReadPhase(PhaseSimulation phase, JsonMembers json)
    {
        if (json.Has("minSeconds") || json.Has("maxSeconds"))
        {
            phase.Seconds = null;
        }

        if (json.Has("seconds"))
        {
            phase.MinSeconds = phase.MaxSeconds = null;
        }

        phase.MinSeconds = json.Number("minSeconds") ?? phase.MinSeconds;
        phase.MaxSeconds = json.Number("maxSeconds") ?? phase.MaxSeconds;
        phase.Seconds = json.Number("seconds") ?? phase.Seconds;
        phase.FailureProbability = json.Number("failureProbability") ?? phase.FailureProbability;
        phase.FailureMessage = json.Text("failureMessage") ?? phase.FailureMessage;
        phase.FailureRecoverable = json.Flag("failureRecoverable") ?? phase.FailureRecoverable;
        phase.HangProbability = json.Number("hangProbability") ?? phase.HangProbability;
        phase.Slowdown = json.Number("slowdown") ?? phase.Slowdown;
        json.RefuseOthers();
    }

    private static void ReadConnectionTest(ConnectionTestSimulation onto, JsonMembers json, List<string> faults)
    {
        onto.FailingEndpoint = json.Text("failingEndpoint") ?? onto.FailingEndpoint;
        onto.Message = json.Text("message") ?? onto.Message;
        if (json.Items("invalidHosts") is { } hosts)
        {
            if (hosts.Any(host => host.ValueKind != JsonValueKind.String))
            {
                faults.Add($"{json.PathOf("invalidHosts")} must hold strings.");
            }

            onto.InvalidHosts = [.. hosts.Where(host => host.ValueKind == JsonValueKind.String).Select(host => host.GetString()!)];
        }

        json.RefuseOthers();
    }

    private static TableSimulation ReadTable(JsonElement element, string path, List<string> faults)
    {
        var table = new TableSimulation();
        if (JsonMembers.Of(element, path, faults) is not { } json)
        {
            return table;
        }

        table.Schema = json.Text("schema") ?? table.Schema;
        table.Table = json.Text("table") ?? table.Table;
        table.Rows = json.Integer("rows") ?? table.Rows;
        table.RowBytes = json.Integer("rowBytes") ?? table.RowBytes;
        table.LobShare = json.Number("lobShare") ?? table.LobShare;
        table.InsertsPerSecond = json.Number("insertsPerSecond") ?? table.InsertsPerSecond;
        table.UpdatesPerSecond = json.Number("updatesPerSecond") ?? table.UpdatesPerSecond;
        table.DeletesPerSecond = json.Number("deletesPerSecond") ?? table.DeletesPerSecond;
        table.HasPrimaryKey = json.Flag("hasPrimaryKey") ?? table.HasPrimaryKey;
        table.Missing = json.Flag("missing") ?? table.Missing;
        table.MismatchedRows = json.Integer("mismatchedRows") ?? table.MismatchedRows;
        table.SuspendedRows = json.Integer("suspendedRows") ?? table.SuspendedRows;
        table.FailLoad = json.Flag("failLoad") ?? table.FailLoad;
        json.RefuseOthers();
        return table;
    }

    private static void ReadGenerated(GeneratedTablesSimulation onto, JsonMembers json)
    {
        onto.Schemas = Int(json, "schemas") ?? onto.Schemas;
        onto.MinTables = Int(json, "minTables") ?? onto.MinTables;
        onto.MaxTables = Int(json, "maxTables") ?? onto.MaxTables;
        onto.MinRows = json.Integer("minRows") ?? onto.MinRows;
        onto.MaxRows = json.Integer("maxRows") ?? onto.MaxRows;
        onto.MinRowBytes = json.Integer("minRowBytes") ?? onto.MinRowBytes;
        onto.MaxRowBytes = json.Integer("maxRowBytes") ?? onto.MaxRowBytes;
        onto.MaxLobShare = json.Number("maxLobShare") ?? onto.MaxLobShare;
        onto.MaxInsertsPerSecond = json.Number("maxInsertsPerSecond") ?? onto.MaxInsertsPerSecond;
        onto.MaxUpdatesPerSecond = json.Number("maxUpdatesPerSecond") ?? onto.MaxUpdatesPerSecond;
        onto.MaxDeletesPerSecond = json.Number("maxDeletesPerSecond") ?? onto.MaxDeletesPerSecond;
        onto.FailLoadProbability = json.Number("failLoadProbability") ?? onto.FailLoadProbability;
        onto.FollowMappings = json.Flag("followMappings") ?? onto.FollowMappings;
        json.RefuseOthers();
    }

    private static LoadSimulation ReadLoad(JsonElement element, string path, List<string> faults)
    {
        var level = new LoadSimulation();
        if (JsonMembers.Of(element, path, faults) is not { } json)
        {
            return level;
        }

        level.AfterSeconds = json.Number("afterSeconds") ?? level.AfterSeconds;
        level.CapacityUnits = json.Number("capacityUnits") ?? level.CapacityUnits;
        json.RefuseOthers();
        return level;
    }

    private static void ReadAssessments(AssessmentsSimulation onto, JsonMembers json)
    {
        onto.SecondsEach = json.Number("secondsEach") ?? onto.SecondsEach;
        onto.Message = json.Text("message") ?? onto.Message;
        if (json.Object("results") is { } results)
        {
            foreach (var name in results.Names)
            {
                onto.Results[name] = results.Text(name) ?? "";
            }
        }

        json.RefuseOthers();
    }

    private static void ReadValidation(ValidationSimulation onto, JsonMembers json)
    {
        onto.RowsPerSecond = json.Number("rowsPerSecond") ?? onto.RowsPerSecond;
        onto.ResyncAfterSeconds = json.Number("resyncAfterSeconds") ?? onto.ResyncAfterSeconds;
        onto.ResyncRowsPerSecond = json.Number("resyncRowsPerSecond") ?? onto.ResyncRowsPerSecond;
        json.RefuseOthers();
    }

    private static void ReadRunFailure(RunFailureSimulation onto, JsonMembers json)
    {
        onto.AfterSeconds = json.Number("afterSeconds") ?? onto.AfterSeconds;
        onto.Probability = json.Number("probability") ?? onto.Probability;
        onto.Message = json.Text("message") ?? onto.Message;
        onto.Recoverable = json.Flag("recoverable") ?? onto.Recoverable;
        json.RefuseOthers();
    }

    /// <summary>Too large a number stays too large, for the check to name it.</summary>
    private static int? Int(JsonMembers json, string name) =>
        json.Integer(name) is { } value ? (int)Math.Clamp(value, int.MinValue, int.MaxValue) : null;
}
