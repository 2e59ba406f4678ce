using System.Collections.Frozen;
using System.Text.Json;

namespace DmsOrleans.Gateway.Aws.Model;

/// <summary>
/// AWS's own description of the DMS API, reduced to what DMS Serverless needs (see NOTICE beside the data). Requests are checked
/// against it and secrets found by it, so that no handler repeats what the model says.
/// </summary>
internal sealed class AwsModel
{
    /// <summary>The model this gateway was built with, read once.</summary>
    public static AwsModel Instance { get; } = Load();

    private AwsModel(FrozenDictionary<string, AwsOperation> operations, FrozenDictionary<string, AwsShape> shapes, FrozenSet<string> outside)
    {
        Operations = operations;
        Shapes = shapes;
        OutsideServerless = outside;
    }

    /// <summary>The operations of DMS Serverless, by name.</summary>
    public FrozenDictionary<string, AwsOperation> Operations { get; }

    /// <summary>All shapes, by name.</summary>
    public FrozenDictionary<string, AwsShape> Shapes { get; }

    /// <summary>Names of the operations AWS DMS has beside those of <see cref="Operations"/>.</summary>
    public FrozenSet<string> OutsideServerless { get; }

    private static AwsModel Load()
    {
        using var data = JsonDocument.Parse(Resource("dms-serverless.subset.json"));
        var shapes = ReadShapes(data.RootElement.GetProperty("shapes"));
        var operations = data.RootElement.GetProperty("operations").EnumerateObject()
            .Select(o => new AwsOperation(o.Name, ShapeOf(o.Value, "input", shapes), ShapeOf(o.Value, "output", shapes)))
            .ToFrozenDictionary(o => o.Name, StringComparer.Ordinal);
        using var names = new StreamReader(Resource("operations-outside-serverless.txt"));
        var outside = names.ReadToEnd().Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        return new AwsModel(operations, shapes, outside.ToFrozenSet(StringComparer.Ordinal));
    }

    /// <summary>A data file of this folder.</summary>
    internal static Stream Resource(string name) =>
        typeof(AwsModel).Assembly.GetManifestResourceStream(name) ?? throw new InvalidOperationException($"The assembly lacks the resource {name}.");

    private static AwsShape ShapeOf(JsonElement reference, string member, FrozenDictionary<string, AwsShape> shapes) =>
        shapes[reference.GetProperty(member).GetProperty("shape").GetString()!];

    private static FrozenDictionary<string, AwsShape> ReadShapes(JsonElement described)
    {
        var shapes = described.EnumerateObject()
            .Select(s => new AwsShape(s.Name, Enum.Parse<AwsType>(s.Value.GetProperty("type").GetString()!, ignoreCase: true)))
            .ToFrozenDictionary(s => s.Name, StringComparer.Ordinal);
        foreach (var shape in described.EnumerateObject())
        {
            Complete(shapes[shape.Name], shape.Value, shapes);
        }

        foreach (var shape in shapes.Values)
        {
            shape.HoldsSecret = HoldsSecret(shape, []);
        }

        return shapes;
    }

    private static void Complete(AwsShape shape, JsonElement described, FrozenDictionary<string, AwsShape> shapes)
    {
        if (described.TryGetProperty("members", out var members))
        {
            shape.Members = members.EnumerateObject()
                .ToFrozenDictionary(m => m.Name, m => shapes[m.Value.GetProperty("shape").GetString()!], StringComparer.Ordinal);
        }

        shape.Element = described.TryGetProperty("member", out _) ? ShapeOf(described, "member", shapes) : null;
        shape.Required = Words(described, "required");
        shape.Words = Words(described, "enum");
        shape.MaxLength = described.TryGetProperty("max", out var max) ? max.GetInt32() : null;
        shape.Sensitive = described.TryGetProperty("sensitive", out var sensitive) && sensitive.GetBoolean();
    }

    private static string[] Words(JsonElement described, string member) =>
        described.TryGetProperty(member, out var words) ? [.. words.EnumerateArray().Select(w => w.GetString()!)] : [];

    private static bool HoldsSecret(AwsShape shape, HashSet<AwsShape> seen) =>
        shape.Sensitive
        || (seen.Add(shape) && (shape.Members.Values.Any(m => HoldsSecret(m, seen)) || (shape.Element is { } element && HoldsSecret(element, seen))));
}
