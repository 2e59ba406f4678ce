using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using DmsOrleans.Gateway.Aws.Model;

namespace DmsOrleans.Tests.Gateway;

/// <summary>Answers held against the model, and requests made from it.</summary>
internal static class ModelConformance
{
    /// <summary>Every member there is, known to the model, of its type, and never null or secret.</summary>
    public static void Check(AwsShape shape, JsonElement value, string path)
    {
        Assert.True(Fits(shape, value), $"{path} is {value.ValueKind}, the model says {shape.Type}");
        Assert.False(shape.Sensitive, $"{path} is sensitive and was answered");
        if (shape.Type == AwsType.Structure)
        {
            foreach (var member in value.EnumerateObject())
            {
                Assert.True(shape.Members.ContainsKey(member.Name), $"{path} has no member {member.Name} in the model");
                Check(shape.Members[member.Name], member.Value, $"{path}.{member.Name}");
            }
        }
        else if (shape.Type == AwsType.List)
        {
            foreach (var element in value.EnumerateArray())
            {
                Check(shape.Element!, element, $"{path}[]");
            }
        }
    }

    /// <summary>A value of the shape with every member there is; texts hold <paramref name="text"/> unless the model lists words.</summary>
    public static JsonNode Sample(AwsShape shape, string text = "x", string secret = "s") => shape.Type switch
    {
        AwsType.Structure => new JsonObject(shape.Members.Select(m => KeyValuePair.Create<string, JsonNode?>(m.Key, Sample(m.Value, text, secret)))),
        AwsType.List => new JsonArray(Sample(shape.Element!, text, secret)),
        AwsType.String => shape.Sensitive ? secret : shape.Words.Count > 0 ? shape.Words[0] : text,
        AwsType.Boolean => true,
        AwsType.Blob => "AAAA",
        AwsType.Timestamp => 1748736000,
        _ => 7,
    };

    /// <summary>Values of every JSON kind that the shape does not take.</summary>
    public static IEnumerable<JsonNode> Wrong(AwsShape shape)
    {
        JsonNode[] all =
        [
            JsonValue.Create("a text")!, JsonValue.Create(1.5), JsonNode.Parse("1e400")!, JsonNode.Parse("99999999999999999999999999")!,
            JsonValue.Create(true), new JsonArray(new JsonArray()), new JsonObject { ["x"] = 1 },
        ];
        return all.Where(node => !Fits(shape, JsonDocument.Parse(node.ToJsonString()).RootElement));
    }

    private static bool Fits(AwsShape shape, JsonElement value) => shape.Type switch
    {
        AwsType.Structure => value.ValueKind == JsonValueKind.Object,
        AwsType.List => value.ValueKind == JsonValueKind.Array && value.EnumerateArray().All(e => Fits(shape.Element!, e)),
        AwsType.String => value.ValueKind == JsonValueKind.String,
        AwsType.Blob => value.ValueKind == JsonValueKind.String && value.TryGetBytesFromBase64(out _),
        AwsType.Boolean => value.ValueKind is JsonValueKind.True or JsonValueKind.False,
        AwsType.Integer => value.ValueKind == JsonValueKind.Number && value.TryGetInt32(out _),
        AwsType.Long => value.ValueKind == JsonValueKind.Number && value.TryGetInt64(out _),
        AwsType.Timestamp => value.ValueKind == JsonValueKind.Number && value.TryGetDecimal(out var s) && s < 10_000_000_000,
        _ => value.ValueKind == JsonValueKind.Number && double.IsFinite(double.Parse(value.GetRawText(), CultureInfo.InvariantCulture)),
    };
}
