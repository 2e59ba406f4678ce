using System.Collections.Frozen;
using System.Text.Json;
using DmsOrleans.Endpoints;
using DmsOrleans.Gateway.Aws.Model;
using DmsOrleans.Gateway.Aws.Protocol;

namespace DmsOrleans.Gateway.Aws;

/// <summary>Endpoints: where rows come from and go to. Secrets are split off on the way in and on no way out.</summary>
internal static class EndpointsApi
{
    private const int FewestRecords = 20;
    private const int MostRecords = 100;

    /// <summary>Members that have a place of their own in <see cref="EndpointSpec"/> or steer the request; the rest travels as it is.</summary>
    private static readonly FrozenSet<string> OwnMembers = new[]
    {
        "EndpointArn", "EndpointIdentifier", "EndpointType", "EngineName", "ServerName", "Port", "DatabaseName", "Username", "Password",
        "SslMode", "ExtraConnectionAttributes", "Tags", "ResourceIdentifier", "ExactSettings",
    }.ToFrozenSet(StringComparer.Ordinal);

    /// <summary>The operations of this resource.</summary>
    public static AwsOperations ServeEndpoints(this AwsOperations operations) => operations
        .Serve("CreateEndpoint", CreateAsync)
        .Serve("ModifyEndpoint", ModifyAsync)
        .Serve("DeleteEndpoint", DeleteAsync)
        .Serve("DescribeEndpoints", DescribeAsync);

    private static async Task<AwsReply> CreateAsync(AwsCall call)
    {
        var (id, badId) = ResourceIds.Of(call.Input);
        var (tags, badTags) = AwsTags.Read(call.Input);
        if ((badId ?? badTags) is { } error)
        {
            return error;
        }

        var others = SecretSplit.Of(call.Operation.Input, call.Input.Json, OwnMembers);
        var secrets = new EndpointSecrets { Password = call.Input.Text("Password"), SettingsSecrets = others.Secret };
        var arn = Arn.Of(call.Scope, Arn.EndpointKind, id);
        var created = await call.Grains.GetGrain<IEndpointGrain>(arn.Value).Create(new CreateEndpoint(Spec(call.Input, others.Plain, tags), secrets));
        return AwsReply.Of(created, WriteAnswer);
    }

    private static async Task<AwsReply> ModifyAsync(AwsCall call)
    {
        if (!call.TryArn("EndpointArn", Arn.EndpointKind, out var arn, out var notFound))
        {
            return notFound;
        }

        var others = SecretSplit.Of(call.Operation.Input, call.Input.Json, OwnMembers);
        return AwsReply.Of(await call.Grains.GetGrain<IEndpointGrain>(arn.Value).Modify(Change(call.Input, others)), WriteAnswer);
    }

    private static async Task<AwsReply> DeleteAsync(AwsCall call)
    {
        if (!call.TryArn("EndpointArn", Arn.EndpointKind, out var arn, out var notFound))
        {
            return notFound;
        }

        return AwsReply.Of(await call.Grains.GetGrain<IEndpointGrain>(arn.Value).Delete(new DeleteEndpoint()), WriteAnswer);
    }

    private static async Task<AwsReply> DescribeAsync(AwsCall call)
    {
        var (filters, badFilter) = AwsFilters.Read(call.Input, "endpoint-arn", "endpoint-type", "endpoint-id", "engine-name");
        var (paging, badPaging) = AwsPaging.Read(call.Input, FewestRecords, MostRecords);
        if ((badFilter ?? badPaging) is { } error)
        {
            return error;
        }

        var page = await call.Grains.GetGrain<IEndpointDirectory>(0).List(Query(call.Scope, filters, paging));
        return
            !page.CursorAccepted ? AwsPaging.BadMarker
            : page.Items.Count == 0 && filters.Any && paging.Marker is null ? AwsError.NotFound("No endpoint matches the filters.")
            : new AwsResult(json =>
            {
                json.Text("Marker", page.Next);
                json.Structures("Endpoints", page.Items, WriteEndpoint);
            });
    }

    private static EndpointSpec Spec(AwsInput input, string? otherMembers, IReadOnlyDictionary<string, string> tags) => new()
    {
        Identifier = input.RequiredText("EndpointIdentifier").ToLowerInvariant(),
        EndpointType = input.RequiredText("EndpointType").ToUpperInvariant(),
        EngineName = input.RequiredText("EngineName"),
        ServerName = input.Text("ServerName"),
        Port = input.Integer("Port"),
        DatabaseName = input.Text("DatabaseName"),
        Username = input.Text("Username"),
        SslMode = input.Text("SslMode") ?? "none",
        ExtraConnectionAttributes = input.Text("ExtraConnectionAttributes"),
        OtherMembers = otherMembers,
        Tags = tags,
    };

    private static ModifyEndpoint Change(AwsInput input, SecretSplit others) => new()
    {
        Identifier = input.Text("EndpointIdentifier")?.ToLowerInvariant(),
        EndpointType = input.Text("EndpointType")?.ToUpperInvariant(),
        EngineName = input.Text("EngineName"),
        ServerName = input.Text("ServerName"),
        Port = input.Integer("Port"),
        DatabaseName = input.Text("DatabaseName"),
        Username = input.Text("Username"),
        SslMode = input.Text("SslMode"),
        ExtraConnectionAttributes = input.Text("ExtraConnectionAttributes"),
        OtherMembers = others.Plain,
        ExactSettings = input.Flag("ExactSettings") ?? false,
        Secrets = input.Has("Password") || others.Secret is not null
            ? new EndpointSecrets { Password = input.Text("Password"), SettingsSecrets = others.Secret }
            : null,
    };

    private static EndpointQuery Query(AwsScope scope, AwsFilters filters, AwsPaging paging) => new()
    {
        Scope = scope,
        Arns = filters["endpoint-arn"],
        Identifiers = filters["endpoint-id"]?.Select(id => id.ToLowerInvariant()).ToArray(),
        EndpointTypes = filters["endpoint-type"],
        EngineNames = filters["engine-name"],
        Cursor = paging.Marker,
        Limit = paging.Limit,
    };

    private static void WriteAnswer(Utf8JsonWriter json, EndpointView view) => json.Structure("Endpoint", view, WriteEndpoint);

    private static void WriteEndpoint(Utf8JsonWriter json, EndpointView view)
    {
        var spec = view.Spec;
        json.Text("EndpointIdentifier", spec.Identifier);
        json.Text("EndpointType", spec.EndpointType);
        json.Text("EngineName", spec.EngineName);
        json.Text("EngineDisplayName", EndpointEngine.All.GetValueOrDefault(spec.EngineName)?.DisplayName ?? spec.EngineName);
        json.Text("Username", spec.Username);
        json.Text("ServerName", spec.ServerName);
        json.Number("Port", spec.Port);
        json.Text("DatabaseName", spec.DatabaseName);
        json.Text("ExtraConnectionAttributes", spec.ExtraConnectionAttributes);
        json.Text("Status", view.Status);
        json.Text("EndpointArn", view.Arn);
        json.Text("SslMode", spec.SslMode);
        json.Flag("IsReadOnly", false);
        WriteOthers(json, spec.OtherMembers);
    }

    private static void WriteOthers(Utf8JsonWriter json, string? otherMembers)
    {
        if (otherMembers is null)
        {
            return;
        }

        using var others = JsonDocument.Parse(otherMembers);
        foreach (var member in others.RootElement.EnumerateObject())
        {
            member.WriteTo(json);
        }
    }
}
