using System.Diagnostics.CodeAnalysis;
using DmsOrleans.Gateway.Aws.Protocol;

namespace DmsOrleans.Gateway.Aws;

/// <summary>
/// Reads ReplicationInstanceArn where an endpoint is to be tried from somewhere: a replication config's ARN, since DMS Serverless has no instances,
/// or a replication instance's, which is taken as a name.
/// </summary>
internal static class ProbedReplication
{
    private const string Member = "ReplicationInstanceArn";

    /// <summary>Both ARNs of the request; false with the fault when either names nothing of the caller's.</summary>
    public static bool TryEnds(this AwsCall call, out Arn endpoint, out Arn replication, [NotNullWhen(false)] out AwsError? notFound)
    {
        replication = default;
        return call.TryArn("EndpointArn", Arn.EndpointKind, out endpoint, out notFound)
            && (call.TryArn(Member, Arn.ReplicationConfigKind, out replication, out notFound) || call.TryArn(Member, Arn.InstanceKind, out replication, out notFound));
    }
}
