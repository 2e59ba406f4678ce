using System.Text.Json;
using DmsOrleans.Endpoints;
using DmsOrleans.Gateway.Aws.Protocol;

namespace DmsOrleans.Gateway.Aws;

/// <summary>What endpoints there may be: the engines, at which ends they stand, and the settings they take. Answered from data, without a grain.</summary>
internal static class EndpointTypesApi
{
    private const int FewestRecords = 20;
    private const int MostRecords = 100;
    private const string TypesList = "endpoint-types";
    private const string SettingsList = "endpoint-settings";

    private static readonly SupportedType[] Types =
    [
        .. from engine in EndpointEngine.All.Values
           orderby engine.Name
           from type in new[] { "source", "target" }
           where engine.StandsAt(type.ToUpperInvariant())
           select new SupportedType(engine, type),
    ];

    /// <summary>The operations of this resource.</summary>
    public static AwsOperations ServeEndpointTypes(this AwsOperations operations) => operations
        .Serve("DescribeEndpointTypes", DescribeTypesAsync)
        .Serve("DescribeEndpointSettings", DescribeSettingsAsync);

    private static Task<AwsReply> DescribeTypesAsync(AwsCall call)
    {
        var (filters, badFilter) = AwsFilters.Read(call.Input, "engine-name", "endpoint-type");
        if (badFilter is not null)
        {
            return Task.FromResult<AwsReply>(badFilter);
        }

        var matching = Types.Where(t =>
            filters["engine-name"]?.Contains(t.Engine.Name) != false && filters["endpoint-type"]?.Contains(t.EndpointType, StringComparer.OrdinalIgnoreCase) != false);
        return Task.FromResult(Page(call, TypesList, "SupportedEndpointTypes", matching, WriteType));
    }

    private static Task<AwsReply> DescribeSettingsAsync(AwsCall call)
    {
        var name = call.Input.RequiredText("EngineName");
        return Task.FromResult(EndpointEngine.Fault(name) is { } unknown
            ? AwsError.InvalidValue(unknown)
            : Page(call, SettingsList, "EndpointSettings", EndpointSettings.Of(EndpointEngine.All[name]), WriteSetting));
    }

    private static AwsReply Page<T>(AwsCall call, string list, string member, IEnumerable<T> all, Action<Utf8JsonWriter, T> write)
    {
        var (paging, badPaging) = AwsPaging.Read(call.Input, FewestRecords, MostRecords);
        var (skipped, badMarker) = AwsMarker.ReadCount(list, paging.Marker);
        if ((badPaging ?? badMarker) is { } error)
        {
            return error;
        }

        var rest = all.Skip(skipped).ToList();
        return new AwsResult(json =>
        {
            json.Text("Marker", rest.Count > paging.Limit ? AwsMarker.Of(list, skipped + paging.Limit) : null);
            json.Structures(member, rest.Take(paging.Limit), write);
        });
    }

    private static void WriteType(Utf8JsonWriter json, SupportedType type)
    {
        json.Text("EngineName", type.Engine.Name);
        json.Flag("SupportsCDC", type.EndpointType == "target" || type.Engine.CapturesChanges);
        json.Text("EndpointType", type.EndpointType);
        json.Text("ReplicationInstanceEngineMinimumVersion", type.Engine.MinimumVersion);
        json.Text("EngineDisplayName", type.Engine.DisplayName);
    }

    private static void WriteSetting(Utf8JsonWriter json, EndpointSetting setting)
    {
        json.Text("Name", setting.Name);
        json.Text("Type", setting.Type);
        json.Texts("EnumValues", setting.Shape.Words.Count > 0 ? setting.Shape.Words : null);
        json.Flag("Sensitive", setting.Shape.Sensitive);
        json.Text("Units", setting.Notes.Units);
        json.Text("Applicability", setting.Notes.Applicability ?? setting.Ends);
        json.Number("IntValueMin", setting.Notes.IntValueMin);
        json.Number("IntValueMax", setting.Notes.IntValueMax);
        json.Text("DefaultValue", setting.Notes.DefaultValue);
    }

    private sealed record SupportedType(EndpointEngine Engine, string EndpointType);
}
