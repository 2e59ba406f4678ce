using System.Text.Json.Nodes;

namespace DmsOrleans;

/// <summary>Merges JSON objects as the modify operations do.</summary>
internal static class JsonMerge
{
    /// <summary>
    /// Members of <paramref name="change"/> over those of <paramref name="before"/>: objects member by member, or whole when <paramref name="exact"/>
    /// (ExactSettings of the model).
    /// </summary>
    public static string? Into(string? before, string? change, bool exact)
    {
        if (before is null || change is null)
        {
            return change ?? before;
        }

        var merged = JsonNode.Parse(before)!.AsObject();
        Overlay(merged, JsonNode.Parse(change)!.AsObject(), exact);
        return merged.ToJsonString();
    }

    private static void Overlay(JsonObject target, JsonObject change, bool exact)
    {
        foreach (var (name, value) in change)
        {
            if (!exact && value is JsonObject inner && target[name] is JsonObject existing)
            {
                Overlay(existing, inner, exact);
            }
            else
            {
                target[name] = value?.DeepClone();
            }
        }
    }
}
