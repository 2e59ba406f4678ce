using System.Globalization;
using System.Net;
using System.Text.Json;
using DmsOrleans.Endpoints;
using DmsOrleans.Engines.Settings;
using DmsOrleans.Engines.TableMappings;
using DmsOrleans.Records;
using DmsOrleans.SubnetGroups;
using Microsoft.Extensions.Options;
using static DmsOrleans.Replications.ReplicationStatus;

namespace DmsOrleans.Replications;

/// <summary>What a replication config may be, and what may be changed when (reference sections 3.4 and 4).</summary>
internal sealed class ReplicationRules(EndpointReader endpoints, Placement placement, Quotas quotas, IOptions<ReplicationOptions> options)
{
    /// <summary>ReloadOption that loads the rows again.</summary>
    public const string DataReload = "data-reload";

    /// <summary>ReloadOption that compares rows and loads none.</summary>
    public const string ValidateOnly = "validate-only";

    private const int MaxTablesPerReload = 10;
    private const int MaxNameServers = 4;
    private const int MinutesOfWeek = 7 * 24 * 60;
    private static readonly TimeSpan LeastWindow = TimeSpan.FromMinutes(30);

    /// <summary>The spec to store for what was sent, or why it is refused.</summary>
    public async Task<(ReplicationSpec? Spec, Refusal? Refusal)> CreateAsync(string arn, ReplicationSpec sent, DateTimeOffset now)
    {
        var bare = sent with { ReplicationSettings = null, SettingsVersion = TaskSettings.NewestDefaults, CreatedAt = now, UpdatedAt = now };
        var settings = TaskSettings.Put(bare, sent.ReplicationSettings);
        if (settings.Value is not { } completed)
        {
            return (null, Refusal.InvalidValue(settings.FaultText));
        }

        var spec = SubnetGroupRules.Placed(new Arn(arn).Scope, before: null, completed);
        return Checked(spec, await CheckAsync(arn, spec) ?? await quotas.CheckAsync(RecordKinds.ReplicationConfig, new Arn(arn).Scope));
    }

    /// <summary>The spec after a modification, or why it is refused. The status has been checked already.</summary>
    public async Task<(ReplicationSpec? Spec, Refusal? Refusal)> ModifyAsync(string arn, ReplicationState state, ModifyReplication change, DateTimeOffset now)
    {
        var before = state.Spec!;
        var settings = TaskSettings.Put(before, change.ReplicationSettings, TaskSettings.Complete(before, state.LoggingResource(arn)));
        if (settings.Value is not { } merged)
        {
            return (null, Refusal.InvalidValue(settings.FaultText));
        }

        var after = SubnetGroupRules.Placed(new Arn(arn).Scope, before, Changed(merged, change));
        if (AreSame(before, after))
        {
            return (null, Refusal.InvalidCombination("No modifications were requested: every member given already has that value."));
        }

        if (CheckFrozen(state, before, after) is { } frozen)
        {
            return (null, frozen);
        }

        if (TaskSettings.Read(before).ValidationOnly != TaskSettings.Read(after).ValidationOnly)
        {
            return (null, Refusal.InvalidValue("ValidationSettings.ValidationOnly is settled when the config is created and cannot be modified."));
        }

        after = after with { UpdatedAt = now };
        return Checked(after, await CheckAsync(arn, after));
    }

    /// <summary>Whether a start is legal, and the run it makes. The status has been checked already.</summary>
    public async ValueTask<(RunState? Run, Refusal? Refusal)> StartAsync(ReplicationState state, StartReplication command, TimeScale scale, DateTimeOffset now)
    {
        var engine = ReplicationStarts.NeedsSource(command) ? await EngineOfAsync(state.Spec!.SourceEndpointArn) : null;
        return ReplicationStarts.Plan(state, command, engine, options.Value.Choices, scale, now);
    }

    /// <summary>Whether tables may be reloaded; the status has been checked already. Null when they may.</summary>
    public static Refusal? CheckReload(ReplicationState state, ReloadTables command, HashSet<TableName> known)
    {
        if (!state.Spec!.Type.HasFullLoad())
        {
            return Refusal.InvalidState($"Replication for Replication Config: {state.Spec.Identifier} is of type cdc and has no full load to repeat.");
        }

        if (command.Option is not (DataReload or ValidateOnly))
        {
            return Refusal.InvalidValue($"ReloadOption '{command.Option}' is not valid: it is {DataReload} or {ValidateOnly}.");
        }

        if (command.Option == ValidateOnly && !TaskSettings.Read(state.Spec).EnableValidation)
        {
            return Refusal.InvalidCombination($"ReloadOption {ValidateOnly} needs validation: ValidationSettings.EnableValidation is not true in ReplicationSettings.");
        }

        if (command.Tables.Count is 0 or > MaxTablesPerReload || command.Tables.Distinct().Count() != command.Tables.Count)
        {
            return Refusal.InvalidValue($"TablesToReload names 1 to {MaxTablesPerReload} tables, each once; {command.Tables.Count} were given.");
        }

        var unknown = command.Tables.Where(t => !known.Contains(t)).ToList();
        return unknown.Count == 0 ? null : Refusal.InvalidValue($"TablesToReload names tables this replication does not have: {string.Join(", ", unknown)}.");
    }

    private static (ReplicationSpec? Spec, Refusal? Refusal) Checked(ReplicationSpec spec, Refusal? refusal) => refusal is null ? (spec, null) : (null, refusal);

    private async Task<Refusal?> CheckAsync(string arn, ReplicationSpec spec) =>
        CheckIdentifier(spec.Identifier) ?? CheckDocuments(spec) ?? CheckCompute(spec.Compute) ?? KmsKeys.Check(new Arn(arn).Scope, spec.Compute.KmsKeyId)
        ?? await CheckEndpointsAsync(arn, spec) ?? await placement.CheckAsync(new Arn(arn).Scope, spec);

    private static Refusal? CheckIdentifier(string identifier) =>
        identifier.Length is > 0 and <= 255 && identifier.All(c => char.IsAsciiLetterOrDigit(c) || c == '-')
            ? null
            : Refusal.InvalidValue($"ReplicationConfigIdentifier '{identifier}' is not valid: it has 1 to 255 letters, digits or hyphens.");

    private static Refusal? CheckDocuments(ReplicationSpec spec)
    {
        var mappings = TableMappingRules.Parse(spec.TableMappings);
        if (mappings.Faults.Count > 0)
        {
            return Refusal.InvalidValue(mappings.FaultText);
        }

        if (TaskSettings.ValidateWhole(spec) is { } fault)
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
            fault = $"DnsNameServers '{servers}' is not valid: up to {MaxNameServers} addresses separated by commas.";
        }
        else if (compute.PreferredMaintenanceWindow is { Length: > 0 } window && !IsMaintenanceWindow(window))
        {
            fault = $"PreferredMaintenanceWindow '{window}' is not valid: it has the form ddd:hh24:mi-ddd:hh24:mi and lasts at least {LeastWindow.TotalMinutes} minutes.";
        }

        return fault is null ? null : Refusal.InvalidValue(fault);
    }

    private static bool AreNameServers(string text) => text.Split(',', StringSplitOptions.TrimEntries) is { Length: <= MaxNameServers } servers && servers.All(IsAddress);

    // The parser also takes "10.1" and "17" for addresses, which is not how anybody writes one.
    private static bool IsAddress(string text) => IPAddress.TryParse(text, out _) && (text.Contains(':', StringComparison.Ordinal) || text.Split('.').Length == 4);

    private static bool IsMaintenanceWindow(string text)
    {
        if (text.Split('-') is not [var from, var to] || MinuteOfWeek(from) is not { } start || MinuteOfWeek(to) is not { } end)
        {
            return false;
        }

        return (end > start ? end - start : end - start + MinutesOfWeek) >= LeastWindow.TotalMinutes && end != start;
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

    // Only the name is of interest: secrets that cannot be decrypted fail the connection test, not the start.
    private async Task<string?> EngineOfAsync(string endpointArn)
    {
        try
        {
            return (await endpoints.FindAsync(endpointArn))?.Spec.EngineName;
        }
        catch (SecretsUnreadableException)
        {
            return null;
        }
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

    // Settings are the same when the service shows the same: a default that was sent is no change.
    private static bool AreSame(ReplicationSpec before, ReplicationSpec after) =>
        before == after with { ReplicationSettings = before.ReplicationSettings } && TaskSettings.Complete(before) == TaskSettings.Complete(after);

    private static ReplicationSpec Changed(ReplicationSpec before, ModifyReplication change) => before with
    {
        Identifier = change.Identifier ?? before.Identifier,
        Type = change.Type ?? before.Type,
        TableMappings = change.TableMappings ?? before.TableMappings,
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
            $"Replication Config: {before.Identifier} is in {state.Status.ToWire().ToUpperInvariant()} state and {string.Join(", ", changed)} cannot be modified: only in CREATED state, or in FAILED state before capacity was provisioned.");
    }

    private static IEnumerable<string> Differs<T>(T before, T after, string member) => EqualityComparer<T>.Default.Equals(before, after) ? [] : [member];
}
