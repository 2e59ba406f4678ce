using System.Globalization;
using System.Net;
using System.Text.Json;
using DmsOrleans.Endpoints;
using DmsOrleans.Engines.Settings;
using DmsOrleans.Engines.TableMappings;
using DmsOrleans.SubnetGroups;
using static DmsOrleans.Replications.ReplicationStatus;

namespace DmsOrleans.Replications;

/// <summary>What a replication config may be, and what may be changed when (reference sections 3.4 and 4).</summary>
internal sealed class ReplicationRules(EndpointReader endpoints)
{
    private const int MaxTablesPerReload = 10;

    /// <summary>Whether a spec is acceptable; null when it is.</summary>
    public async Task<Refusal?> CheckAsync(string arn, ReplicationSpec spec) =>
        CheckIdentifier(spec.Identifier) ?? CheckDocuments(spec) ?? CheckCompute(spec.Compute) ?? await CheckEndpointsAsync(arn, spec);

    /// <summary>The spec after a modification, or why it is refused. The status has been checked already.</summary>
    public async Task<(ReplicationSpec? Spec, Refusal? Refusal)> ModifyAsync(string arn, ReplicationState state, ModifyReplication change, DateTimeOffset now)
    {
        var before = state.Spec!;
        if (TaskSettings.Validate(change.ReplicationSettings) is { } fault)
        {
            return (null, Refusal.InvalidValue(fault));
        }

        var after = SubnetGroupRules.Placed(new Arn(arn).Scope, before, Changed(before, change));
        if (after == before)
        {
            return (null, Refusal.InvalidCombination("No modifications were requested: every member given already has that value."));
        }

        if (CheckFrozen(state, before, after) is { } frozen)
        {
            return (null, frozen);
        }

        after = after with { UpdatedAt = now };
        var refusal = await CheckAsync(arn, after);
        return refusal is null ? (after, null) : (null, refusal);
    }

    /// <summary>Whether tables may be reloaded; the status has been checked already. Null when they may.</summary>
    public static Refusal? CheckReload(ReplicationState state, ReloadTables command, HashSet<TableName> known)
    {
        if (!state.Spec!.Type.HasFullLoad())
        {
            return Refusal.InvalidState($"Replication for Replication Config: {state.Spec.Identifier} is of type cdc and has no full load to repeat.");
        }

        if (command.Option is not ("data-reload" or "validate-only"))
        {
            return Refusal.InvalidValue($"ReloadOption '{command.Option}' is not valid: it is data-reload or validate-only.");
        }

        if (command.Option == "validate-only")
        {
            return Refusal.InvalidCombination("ReloadOption validate-only needs validation to be enabled in the replication settings.");
        }

        if (command.Tables.Count is 0 or > MaxTablesPerReload || command.Tables.Distinct().Count() != command.Tables.Count)
        {
            return Refusal.InvalidValue($"TablesToReload names 1 to {MaxTablesPerReload} tables, each once; {command.Tables.Count} were given.");
        }

        var unknown = command.Tables.Where(t => !known.Contains(t)).ToList();
        return unknown.Count == 0 ? null : Refusal.InvalidValue($"TablesToReload names tables this replication does not have: {string.Join(", ", unknown)}.");
    }

    private static Refusal? CheckIdentifier(string identifier) =>
        identifier.Length is > 0 and <= 255 && identifier.All(c => char.IsAsciiLetterOrDigit(c) || c == '-')
            ? null
            : Refusal.InvalidValue($"ReplicationConfigIdentifier '{identifier}' is not valid: it has 1 to 255 letters, digits or hyphens.");

    private static Refusal? CheckDocuments(ReplicationSpec spec)
    {
        var mappings = TableMappingRules.Parse(spec.TableMappings);
        if (mappings.Faults.Count > 0)
        {
            return Refusal.InvalidValue(string.Join(' ', mappings.Faults));
        }

        if (TaskSettings.Validate(spec.ReplicationSettings) is { } fault)
        {
            return Refusal.InvalidValue(fault);
        }

        return spec.SupplementalSettings is null || IsJsonObject(spec.SupplementalSettings)
            ? null
            : Refusal.InvalidValue("SupplementalSettings is not valid: it must be a JSON object.");
    }

    private static bool IsJsonObject(string text)
    {
        try
        {
            using var document = JsonDocument.Parse(text);
            return document.RootElement.ValueKind == JsonValueKind.Object;
        }
        catch (JsonException)
        {
            return false;
        }
    }

    private static Refusal? CheckCompute(ComputeConfig compute)
    {
        var min = compute.MinCapacityUnits ?? 1;
        string? fault = null;
        if (!ComputeConfig.Ladder.Contains(compute.MaxCapacityUnits) || !ComputeConfig.Ladder.Contains(min))
        {
            fault = $"MinCapacityUnits {min} and MaxCapacityUnits {compute.MaxCapacityUnits} must each be one of {string.Join(", ", ComputeConfig.Ladder)}.";
        }
        else if (min > compute.MaxCapacityUnits)
        {
            fault = $"MinCapacityUnits {min} is greater than MaxCapacityUnits {compute.MaxCapacityUnits}.";
        }
        else if (compute is { MultiAZ: true, AvailabilityZone.Length: > 0 })
        {
            return Refusal.InvalidCombination("AvailabilityZone cannot be set when MultiAZ is true.");
        }
        else if (compute.DnsNameServers is { Length: > 0 } servers && !AreNameServers(servers))
        {
            fault = $"DnsNameServers '{servers}' is not valid: up to four addresses separated by commas.";
        }
        else if (compute.PreferredMaintenanceWindow is { Length: > 0 } window && !IsMaintenanceWindow(window))
        {
            fault = $"PreferredMaintenanceWindow '{window}' is not valid: it has the form ddd:hh24:mi-ddd:hh24:mi and lasts at least 30 minutes.";
        }

        return fault is null ? null : Refusal.InvalidValue(fault);
    }

    private static bool AreNameServers(string text) => text.Split(',') is { Length: <= 4 } parts && parts.All(p => IPAddress.TryParse(p.Trim(), out _));

    private static bool IsMaintenanceWindow(string text)
    {
        if (text.Split('-') is not [var from, var to] || MinuteOfWeek(from) is not { } start || MinuteOfWeek(to) is not { } end)
        {
            return false;
        }

        const int week = 7 * 24 * 60;
        return (end - start + week) % week >= 30;
    }

    /// <summary>The minute of the week, which begins on Monday, that <c>ddd:hh24:mi</c> names; null when it names none.</summary>
    public static int? MinuteOfWeek(string text)
    {
        string[] days = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"];
        var day = text.Length > 4 ? Array.IndexOf(days, text[..3].ToLowerInvariant()) : -1;
        return day >= 0 && text[3] == ':' && TimeOnly.TryParseExact(text[4..], "HH:mm", CultureInfo.InvariantCulture, DateTimeStyles.None, out var time)
            ? (day * 24 * 60) + (time.Hour * 60) + time.Minute
            : null;
    }

    private async Task<Refusal?> CheckEndpointsAsync(string arn, ReplicationSpec spec)
    {
        var scope = new Arn(arn).Scope;
        return await CheckEndpointAsync(scope, spec.SourceEndpointArn, "SourceEndpointArn", "SOURCE")
            ?? await CheckEndpointAsync(scope, spec.TargetEndpointArn, "TargetEndpointArn", "TARGET");
    }

    private async Task<Refusal?> CheckEndpointAsync(AwsScope scope, string endpointArn, string member, string type)
    {
        var endpoint = Arn.IsWellFormed(endpointArn, Arn.EndpointKind) && new Arn(endpointArn).Scope == scope ? await endpoints.FindAsync(endpointArn) : null;
        return endpoint is null ? Refusal.NotFound($"{member}: endpoint {endpointArn} was not found.")
            : endpoint.Spec.EndpointType != type ? Refusal.InvalidValue($"{member}: endpoint {endpoint.Spec.Identifier} is of type {endpoint.Spec.EndpointType}, a {type} endpoint is needed.")
            : null;
    }

    private static ReplicationSpec Changed(ReplicationSpec before, ModifyReplication change) => before with
    {
        Identifier = change.Identifier ?? before.Identifier,
        Type = change.Type ?? before.Type,
        TableMappings = change.TableMappings ?? before.TableMappings,
        ReplicationSettings = string.IsNullOrWhiteSpace(change.ReplicationSettings)
            ? before.ReplicationSettings
            : JsonMerge.Into(before.ReplicationSettings, change.ReplicationSettings, exact: false),
        SupplementalSettings = change.SupplementalSettings ?? before.SupplementalSettings,
        SourceEndpointArn = change.SourceEndpointArn ?? before.SourceEndpointArn,
        TargetEndpointArn = change.TargetEndpointArn ?? before.TargetEndpointArn,
        Compute = change.Compute is { } compute ? Changed(before.Compute, compute) : before.Compute,
    };

    private static ComputeConfig Changed(ComputeConfig before, ComputeChange change) => before with
    {
        MaxCapacityUnits = change.MaxCapacityUnits ?? before.MaxCapacityUnits,
        MinCapacityUnits = change.MinCapacityUnits ?? before.MinCapacityUnits,
        AvailabilityZone = change.AvailabilityZone ?? before.AvailabilityZone,
        DnsNameServers = change.DnsNameServers ?? before.DnsNameServers,
        KmsKeyId = change.KmsKeyId ?? before.KmsKeyId,
        MultiAZ = change.MultiAZ ?? before.MultiAZ,
        PreferredMaintenanceWindow = change.PreferredMaintenanceWindow ?? before.PreferredMaintenanceWindow,
        ReplicationSubnetGroupId = change.ReplicationSubnetGroupId ?? before.ReplicationSubnetGroupId,
        VpcSecurityGroupIds = change.VpcSecurityGroupIds is { } ids && !ids.SequenceEqual(before.VpcSecurityGroupIds ?? []) ? ids : before.VpcSecurityGroupIds,
    };

    // Fields that fix where capacity lives may change only while there never was any.
    private static Refusal? CheckFrozen(ReplicationState state, ReplicationSpec before, ReplicationSpec after)
    {
        if (state.Status == Created || (state.Status == Failed && state.Provision is null))
        {
            return null;
        }

        string[] changed =
        [
            .. Differs(before.SourceEndpointArn, after.SourceEndpointArn, "SourceEndpointArn"),
            .. Differs(before.TargetEndpointArn, after.TargetEndpointArn, "TargetEndpointArn"),
            .. Differs(before.Type, after.Type, "ReplicationType"),
            .. Differs(before.Compute.AvailabilityZone, after.Compute.AvailabilityZone, "ComputeConfig.AvailabilityZone"),
            .. Differs(before.Compute.DnsNameServers, after.Compute.DnsNameServers, "ComputeConfig.DnsNameServers"),
            .. Differs(before.Compute.KmsKeyId, after.Compute.KmsKeyId, "ComputeConfig.KmsKeyId"),
            .. Differs(before.Compute.ReplicationSubnetGroupId, after.Compute.ReplicationSubnetGroupId, "ComputeConfig.ReplicationSubnetGroupId"),
        ];
        return changed.Length == 0 ? null : Refusal.InvalidState(
            $"Replication Config: {before.Identifier} has been provisioned before and is in {state.Status.ToWire().ToUpperInvariant()} state: {string.Join(", ", changed)} cannot be modified.");
    }

    private static IEnumerable<string> Differs<T>(T before, T after, string member) => EqualityComparer<T>.Default.Equals(before, after) ? [] : [member];
}
