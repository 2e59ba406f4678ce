using System.Text;
using DmsOrleans.Gateway.Aws.Identity;

namespace DmsOrleans.Tests.Gateway.Identity;

/// <summary>AWS's own signing test vectors: each is accepted as it is, and refused with any one bit changed.</summary>
public sealed class SigningVectorTests
{
    [Fact]
    public void All_110_published_vectors_are_accepted()
    {
        var vectors = SigningVector.All().ToList();
        Assert.Equal(110, vectors.Count);
        Assert.All(vectors, v => Assert.Null(v.Verifier().Verify(v.Request, SigningVector.At).Error));
    }

    [Fact]
    public void No_vector_is_accepted_with_one_bit_changed()
    {
        var refused = 0;
        var accepted = new List<string>();
        Parallel.ForEach(SigningVector.All(), vector =>
        {
            var verifier = vector.Verifier();
            Assert.Null(verifier.Verify(vector.Request, SigningVector.At).Error);
            foreach (var (what, mutant) in Mutants(vector))
            {
                if (verifier.Verify(mutant, SigningVector.At).Error is not null)
                {
                    Interlocked.Increment(ref refused);
                    continue;
                }

                lock (accepted)
                {
                    accepted.Add($"{vector.Name}: {what}");
                }
            }
        });
        Assert.Empty(accepted);
        Assert.True(refused >= 100_000, $"only {refused} mutants");
    }

    [Fact]
    public void No_vector_is_accepted_by_another_key_service_token_or_time() => Assert.All(SigningVector.All(), vector =>
    {
        var window = TimeSpan.FromMinutes(5);
        Assert.Equal("InvalidSignatureException", Code(new SigV4Verifier("service", _ => vector.Key with { Secret = "other" }, window) { NormalizesPath = vector.NormalizesPath }, 0));
        Assert.Equal("UnrecognizedClientException", Code(new SigV4Verifier("service", _ => null, window), 0));
        Assert.Equal("UnrecognizedClientException", Code(new SigV4Verifier("service", _ => vector.Key with { SessionToken = "other" }, window), 0));
        Assert.Equal("InvalidSignatureException", Code(new SigV4Verifier("dms", _ => vector.Key, window), 0));
        Assert.Equal("InvalidSignatureException", Code(vector.Verifier(), 3601));
        Assert.Equal("InvalidSignatureException", Code(vector.Verifier(), -301));

        string? Code(SigV4Verifier verifier, int seconds) => verifier.Verify(vector.Request, SigningVector.At.AddSeconds(seconds)).Error?.Code;
    });

    private static IEnumerable<(string What, SigV4Request Mutant)> Mutants(SigningVector vector)
    {
        var request = vector.Request;
        var headers = request.Headers.SelectMany(h => h.Value.Select(v => (h.Key, Value: v!))).ToList();
        foreach (var method in Flipped(request.Method))
        {
            yield return ($"method {method}", request with { Method = method });
        }

        // A normalised path is many paths: only those that stand for themselves are changed.
        var segments = request.Path.Split('/')[1..];
        var isPlain = !vector.NormalizesPath || !(segments.Any(s => s is "." or "..") || segments.SkipLast(1).Contains(""));
        foreach (var path in isPlain ? Flipped(request.Path).Where(p => p[0] == '/' && !p.EndsWith("/.", StringComparison.Ordinal)) : [])
        {
            yield return ($"path {path}", request with { Path = path });
        }

        foreach (var query in Flipped(request.Query, IsHexDigitOfEscape))
        {
            yield return ($"query {query}", request with { Query = query });
        }

        for (var i = 0; i < headers.Count; i++)
        {
            foreach (var name in Flipped(headers[i].Key, static (_, _) => true))
            {
                yield return ($"header {name}", request with { Headers = SigningVector.Headers([.. headers[..i], (name, headers[i].Value), .. headers[(i + 1)..]]) });
            }

            foreach (var value in Flipped(headers[i].Value))
            {
                yield return ($"{headers[i].Key}: {value}", request with { Headers = SigningVector.Headers([.. headers[..i], (headers[i].Key, value), .. headers[(i + 1)..]]) });
            }
        }

        for (var bit = 0; bit < request.Body.Length * 8; bit++)
        {
            var body = request.Body.ToArray();
            body[bit / 8] ^= (byte)(1 << (bit % 8));
            yield return ($"body bit {bit}", request with { Body = body });
        }
    }

    // All texts one bit away. Where letters in the other case mean the same, that bit is left out.
    private static IEnumerable<string> Flipped(string text, Func<byte[], int, bool>? caseIsFree = null)
    {
        var bytes = Encoding.UTF8.GetBytes(text);
        for (var i = 0; i < bytes.Length; i++)
        {
            for (var bit = 0; bit < 8; bit++)
            {
                if (bit == 5 && caseIsFree is not null && char.IsAsciiLetter((char)bytes[i]) && caseIsFree(bytes, i))
                {
                    continue;
                }

                var changed = bytes.ToArray();
                changed[i] ^= (byte)(1 << bit);
                if (System.Text.Unicode.Utf8.IsValid(changed))
                {
                    yield return Encoding.UTF8.GetString(changed);
                }
            }
        }
    }

    private static bool IsHexDigitOfEscape(byte[] text, int index) =>
        (index >= 1 && text[index - 1] == '%') || (index >= 2 && text[index - 2] == '%');
}
