using DmsOrleans.Gateway.Aws.Protocol;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Options;

namespace DmsOrleans.Gateway.Aws.Identity;

/// <summary>Who calls.</summary>
/// <param name="Scope">The account and region whose resources the caller sees.</param>
/// <param name="Signature">What proves it; null where signatures are not verified.</param>
/// <param name="ReadOnly">Whether the caller may only describe and list.</param>
internal readonly record struct AwsCaller(AwsScope Scope, SigV4Signature? Signature, bool ReadOnly = false);

/// <summary>Tells who calls: by a verified signature where access keys are configured, else by what the request says of itself.</summary>
internal sealed class AwsCallers
{
    private const string Service = "dms";

    private readonly SigV4Verifier? verifier;
    private readonly TimeProvider time;
    private readonly TimeSpan window;

    /// <summary>With the keys of the options.</summary>
    public AwsCallers(IOptions<GatewayOptions> options, TimeProvider time)
    {
        var keys = AccessKeys.Of(options.Value);
        this.time = time;
        window = options.Value.SignatureWindow;
        verifier = keys.Any ? new SigV4Verifier(Service, id => keys[id], window) : null;
    }

    /// <summary>Whether signatures are verified.</summary>
    public bool Verifies => verifier is not null;

    /// <summary>The caller, or why it is refused.</summary>
    public (AwsCaller Caller, AwsError? Error) Identify(HttpRequest request, ReadOnlyMemory<byte> body)
    {
        if (verifier is null)
        {
            return (new AwsCaller(AwsCredentialScope.Of(request.Headers.Authorization), null), null);
        }

        var (key, signature, error) = verifier.Verify(SigV4Request.Of(request, body), time.GetUtcNow());
        return key is null ? (default, error) : (new AwsCaller(new AwsScope(key.Account, signature!.Region), signature, key.ReadOnly), null);
    }

    /// <summary>When a signature stops being taken.</summary>
    public DateTimeOffset EndOf(SigV4Signature signature) => signature.At + (signature.Expires ?? window);
}
