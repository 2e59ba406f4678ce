using DmsOrleans.Gateway.Aws.Model;

namespace DmsOrleans.Gateway.Aws.Protocol;

/// <summary>Translates one request to grain calls and their answers back.</summary>
internal delegate Task<AwsReply> AwsHandler(AwsCall call);

/// <summary>The operations served here: those of the model that have a handler.</summary>
internal sealed class AwsOperations(AwsModel model)
{
    private const string TargetPrefix = "AmazonDMSv20160101.";

    private readonly Dictionary<string, (AwsOperation Operation, AwsHandler Handler)> served = new(StringComparer.Ordinal);

    /// <summary>Names of the operations served.</summary>
    public IReadOnlyCollection<string> Served => served.Keys;

    /// <summary>Serves an operation of the model.</summary>
    /// <exception cref="KeyNotFoundException">The model has no such operation.</exception>
    public AwsOperations Serve(string operation, AwsHandler handler)
    {
        served.Add(operation, (model.Operations[operation], handler));
        return this;
    }

    /// <summary>Finds what X-Amz-Target asks for; false with the error to answer.</summary>
    public bool TryFind(string? target, out (AwsOperation Operation, AwsHandler Handler) found, out AwsError? unknown)
    {
        found = default;
        unknown = null;
        var named = target is not null && target.StartsWith(TargetPrefix, StringComparison.Ordinal);
        if (named && served.TryGetValue(target![TargetPrefix.Length..], out found))
        {
            return true;
        }

        unknown = AwsError.UnknownOperation(named ? NotServed(target![TargetPrefix.Length..]) : BadTarget(target));
        return false;
    }

    private string NotServed(string name) =>
        model.OutsideServerless.Contains(name) ? $"The operation {name} of AWS DMS is outside DMS Serverless and is not served here."
        : $"AWS DMS has no operation {AwsError.Shown(name)}.";

    private static string BadTarget(string? target) =>
        string.IsNullOrEmpty(target)
            ? $"The header X-Amz-Target is missing; it names the operation, for example {TargetPrefix}DescribeReplications."
            : $"The header X-Amz-Target must be {TargetPrefix}<operation>, not {AwsError.Shown(target)}.";
}
