using System.Text;
using System.Text.Json;
using DmsOrleans.Gateway.Aws.Identity;
using DmsOrleans.Tests.Clients;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Primitives;

namespace DmsOrleans.Tests.Gateway.Identity;

/// <summary>A signed request that AWS has published (see vectors/NOTICE), and the key it was signed with.</summary>
internal sealed record SigningVector(string Name, SigV4Request Request, AccessKey Key, bool NormalizesPath)
{
    /// <summary>All of them were signed at this moment.</summary>
    public static readonly DateTimeOffset At = new(2015, 8, 30, 12, 36, 0, TimeSpan.Zero);

    private const string KeyId = "AKIDEXAMPLE";
    private const string Secret = "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY";

    public override string ToString() => Name;

    /// <summary>A verifier that knows this vector's key and nothing else.</summary>
    public SigV4Verifier Verifier() => new("service", id => id == Key.Id ? Key : null, TimeSpan.FromMinutes(5)) { NormalizesPath = NormalizesPath };

    /// <summary>Every vector: each case of aws-c-auth signed in the header and in the query, and those of botocore.</summary>
    public static IEnumerable<SigningVector> All()
    {
        var root = Path.Combine(Needs.Repository, "tests", "DmsOrleans.Tests", "Gateway", "Identity", "vectors");
        foreach (var directory in Directory.GetDirectories(Path.Combine(root, "aws-c-auth")).Order(StringComparer.Ordinal))
        {
            using var context = JsonDocument.Parse(File.ReadAllText(Path.Combine(directory, "context.json")));
            var credentials = context.RootElement.GetProperty("credentials");
            var token = credentials.TryGetProperty("token", out var given) ? given.GetString() : null;
            var key = new AccessKey(credentials.GetProperty("access_key_id").GetString()!, credentials.GetProperty("secret_access_key").GetString()!, "000000000000", token);
            foreach (var form in (string[])["header", "query"])
            {
                var request = RawRequest(File.ReadAllText(Path.Combine(directory, $"{form}-signed-request.txt")));
                yield return new SigningVector($"aws-c-auth/{Path.GetFileName(directory)}/{form}", request, key, context.RootElement.GetProperty("normalize").GetBoolean());
            }
        }

        foreach (var file in Directory.GetFiles(Path.Combine(root, "botocore"), "*.sreq").Order(StringComparer.Ordinal))
        {
            // One .sreq has the signature of another case; the .authz are what botocore's own tests go by.
            var request = RawRequest(File.ReadAllText(file));
            request.Headers.Authorization = File.ReadAllText(Path.ChangeExtension(file, ".authz")).Trim();
            var token = request.Headers.TryGetValue("X-Amz-Security-Token", out var sent) ? sent.ToString() : null;
            yield return new SigningVector($"botocore/{Path.GetFileNameWithoutExtension(file)}", request, new AccessKey(KeyId, Secret, "000000000000", token), NormalizesPath: true);
        }
    }

    // The files are requests as they travel, but with spaces in the path, which no server would take.
    private static SigV4Request RawRequest(string text)
    {
        var lines = text.Split('\n');
        var target = lines[0][(lines[0].IndexOf(' ', StringComparison.Ordinal) + 1)..lines[0].LastIndexOf(' ')];
        var end = Array.IndexOf(lines, "");
        var headers = new List<(string Name, string Value)>();
        foreach (var line in lines[1..(end < 0 ? lines.Length : end)])
        {
            if (char.IsWhiteSpace(line[0]))
            {
                headers[^1] = (headers[^1].Name, $"{headers[^1].Value} {line.Trim()}");
            }
            else
            {
                headers.Add((line[..line.IndexOf(':', StringComparison.Ordinal)], line[(line.IndexOf(':', StringComparison.Ordinal) + 1)..]));
            }
        }

        var body = end < 0 ? "" : string.Join('\n', lines[(end + 1)..]).TrimEnd('\n');
        var query = target.Split('?', 2);
        return new SigV4Request(lines[0].Split(' ')[0], query[0], query.Length > 1 ? query[1] : "", Headers(headers), Encoding.UTF8.GetBytes(body));
    }

    /// <summary>Headers in the order given; one given twice has two values.</summary>
    public static IHeaderDictionary Headers(IEnumerable<(string Name, string Value)> headers)
    {
        var dictionary = new HeaderDictionary();
        foreach (var (name, value) in headers)
        {
            // As Kestrel reads them: without the space around.
            dictionary[name] = StringValues.Concat(dictionary[name], value.Trim(' '));
        }

        return dictionary;
    }
}
