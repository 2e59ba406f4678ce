using DmsOrleans.Gateway.Aws.Model;
using DmsOrleans.Gateway.Aws.Protocol;

namespace DmsOrleans.Gateway.Aws;

/// <summary>The AWS face, resource by resource.</summary>
internal static class AwsRoutes
{
    /// <summary>All operations served.</summary>
    public static AwsOperations Operations() => new AwsOperations(AwsModel.Instance)
        .ServeReplicationConfigs()
        .ServeReplications()
        .ServeAssessments()
        .ServeTableStatistics()
        .ServeEndpoints()
        .ServeEvents()
        .ServeEventSubscriptions()
        .ServeSubnetGroups()
        .ServeCertificates()
        .ServeAccount()
        .ServeMaintenance()
        .ServeEndpointTypes()
        .ServeConnections()
        .ServeSchemas()
        .ServeTags();
}
