using System.Collections.Frozen;
using System.Text.Json;
using System.Text.Json.Serialization;
using DmsOrleans.Endpoints;
using DmsOrleans.Gateway.Aws.Model;

namespace DmsOrleans.Gateway.Aws;

/// <summary>
/// The settings an engine takes: names, types, words and secrets out of the model's structure of the engine, and beside them what the model says in
/// prose only (see NOTICE beside the data).
/// </summary>
internal static class EndpointSettings
{
    private static readonly FrozenDictionary<string, Dictionary<string, SettingNotes>> Notes = Load();

    /// <summary>Which settings have notes, by the structure they are members of.</summary>
    public static IEnumerable<(string Structure, string Setting)> Noted => Notes.SelectMany(s => s.Value.Keys.Select(setting => (s.Key, setting)));

    /// <summary>The settings of <paramref name="engine"/>, by name.</summary>
    public static IReadOnlyList<EndpointSetting> Of(EndpointEngine engine)
    {
        var structure = engine.Settings[0];
        var notes = Notes.GetValueOrDefault(structure, []);
        return
        [
            .. AwsModel.Instance.Shapes[structure].Members
                .OrderBy(m => m.Key, StringComparer.Ordinal)
                .Select(m => new EndpointSetting(m.Key, TypeOf(m.Value), m.Value, notes.GetValueOrDefault(m.Key, new()), WhereOf(engine))),
        ];
    }

    // Lists of numbers are written as text, as in extra connection attributes.
    private static string TypeOf(AwsShape shape) => shape.Type switch
    {
        AwsType.Boolean => "boolean",
        AwsType.Integer or AwsType.Long => "integer",
        AwsType.String when shape.Words.Count > 0 => "enum",
        _ => "string",
    };

    private static string WhereOf(EndpointEngine engine) => engine.Ends switch
    {
        EngineEnds.Source => "source",
        EngineEnds.Target => "target",
        _ => "source and target",
    };

    private static FrozenDictionary<string, Dictionary<string, SettingNotes>> Load() =>
        JsonSerializer.Deserialize<Dictionary<string, Dictionary<string, SettingNotes>>>(AwsModel.Resource("endpoint-settings.json"))!.ToFrozenDictionary();
}

/// <summary>A setting of an engine.</summary>
/// <param name="Name">Its name in the settings structure.</param>
/// <param name="Type">One of the model's EndpointSettingTypeValue.</param>
/// <param name="Shape">What the model says of it.</param>
/// <param name="Notes">What the model says of it in prose.</param>
/// <param name="Ends">Where the engine may stand, for settings that are for both ends of it.</param>
internal sealed record EndpointSetting(string Name, string Type, AwsShape Shape, SettingNotes Notes, string Ends);

/// <summary>What the model says of a setting in prose; null where it says nothing.</summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
internal sealed record SettingNotes
{
    /// <summary>The unit of a number.</summary>
    public string? Units { get; init; }

    /// <summary><c>source</c> or <c>target</c>, where it is for one end only.</summary>
    public string? Applicability { get; init; }

    /// <summary>The least value.</summary>
    public int? IntValueMin { get; init; }

    /// <summary>The greatest value.</summary>
    public int? IntValueMax { get; init; }

    /// <summary>What holds when it is not given.</summary>
    public string? DefaultValue { get; init; }
}
