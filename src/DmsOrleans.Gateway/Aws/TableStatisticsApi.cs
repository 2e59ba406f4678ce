using System.Text.Json;
using DmsOrleans.Gateway.Aws.Protocol;
using DmsOrleans.Replications;

namespace DmsOrleans.Gateway.Aws;

/// <summary>The tables of a replication and what has been done to each.</summary>
internal static class TableStatisticsApi
{
    private const int FewestRecords = 1;
    private const int MostRecords = 500;
    private const string List = "tables";
    private const string NotEnabled = "Not enabled";

    /// <summary>The operations of this resource.</summary>
    public static AwsOperations ServeTableStatistics(this AwsOperations operations) => operations
        .Serve("DescribeReplicationTableStatistics", DescribeAsync);

    private static async Task<AwsReply> DescribeAsync(AwsCall call)
    {
        if (!call.TryArn("ReplicationConfigArn", Arn.ReplicationConfigKind, out var arn, out var notFound))
        {
            return notFound;
        }

        var (filters, badFilter) = AwsFilters.Read(call.Input, "schema-name", "table-name", "table-state");
        var (paging, badPaging) = AwsPaging.Read(call.Input, FewestRecords, MostRecords);
        var (offset, badMarker) = AwsMarker.ReadCount(List, paging.Marker);
        if ((badFilter ?? badPaging ?? badMarker) is { } error)
        {
            return error;
        }

        var page = await call.Grains.GetGrain<IReplicationDirectory>(0).TableStatistics(new TableStatisticsQuery
        {
            Arn = arn.Value,
            Schemas = filters["schema-name"],
            Tables = filters["table-name"],
            States = filters["table-state"],
            Offset = offset,
            Limit = paging.Limit,
        });
        return page is null ? AwsError.NoSuchArn(arn.Value) : new AwsResult(json => WritePage(json, arn, page, offset));
    }

    private static void WritePage(Utf8JsonWriter json, Arn arn, TableStatisticsPage page, int offset)
    {
        json.Text("ReplicationConfigArn", arn.Value);
        json.Text("Marker", page.More ? AwsMarker.Of(List, offset + page.Tables.Count) : null);
        json.Structures("ReplicationTableStatistics", page.Tables, WriteTable);
    }

    private static void WriteTable(Utf8JsonWriter json, TableStatistics table)
    {
        json.Text("SchemaName", table.Name.Schema);
        json.Text("TableName", table.Name.Table);
        json.Number("Inserts", table.Inserts);
        json.Number("Deletes", table.Deletes);
        json.Number("Updates", table.Updates);
        json.Number("Ddls", table.Ddls);
        json.Number("AppliedInserts", table.AppliedInserts);
        json.Number("AppliedDeletes", table.AppliedDeletes);
        json.Number("AppliedUpdates", table.AppliedUpdates);
        json.Number("AppliedDdls", table.AppliedDdls);
        json.Number("FullLoadRows", table.FullLoadRows);
        json.Number("FullLoadCondtnlChkFailedRows", 0);
        json.Number("FullLoadErrorRows", table.FullLoadErrorRows);
        json.Time("FullLoadStartTime", table.FullLoadStartTime);
        json.Time("FullLoadEndTime", table.FullLoadEndTime);
        json.Flag("FullLoadReloaded", table.FullLoadReloaded);
        json.Time("LastUpdateTime", table.LastUpdateTime);
        json.Text("TableState", table.State);
        json.Number("ValidationPendingRecords", table.ValidationPendingRecords);
        json.Number("ValidationFailedRecords", table.ValidationFailedRecords);
        json.Number("ValidationSuspendedRecords", table.ValidationSuspendedRecords);
        json.Text("ValidationState", table.ValidationState);
        json.Text("ValidationStateDetails", table.ValidationStateDetails);
        json.Text("ResyncState", table.ResyncState);
        json.Number("ResyncRowsAttempted", table.ResyncRowsAttempted);
        json.Number("ResyncRowsSucceeded", table.ResyncRowsSucceeded);
        json.Number("ResyncRowsFailed", table.ResyncRowsFailed);
        if (table.ResyncProgress is { } progress)
        {
            json.WriteNumber("ResyncProgress", progress);
        }
    }
}
