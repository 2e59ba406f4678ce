using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace DmsOrleans.Gateway.Aws.Identity;

/// <summary>A request as it travelled, as far as a signature covers it.</summary>
/// <param name="Method">GET, POST.</param>
/// <param name="Path">As sent, percent-encoded.</param>
/// <param name="Query">As sent, without the question mark.</param>
/// <param name="Headers">As sent; one that was sent twice has two values.</param>
/// <param name="Body">The bytes sent.</param>
internal sealed record SigV4Request(string Method, string Path, string Query, IHeaderDictionary Headers, ReadOnlyMemory<byte> Body)
{
    /// <summary>The request being answered, whose body has been read.</summary>
    public static SigV4Request Of(HttpRequest request, ReadOnlyMemory<byte> body)
    {
        var target = request.HttpContext.Features.Get<IHttpRequestFeature>()?.RawTarget;
        var path = string.IsNullOrEmpty(target) || target[0] != '/' ? request.Path.ToUriComponent() : target.Split('?')[0];
        var query = request.QueryString.Value is { Length: > 0 } text ? text[1..] : "";
        return new SigV4Request(request.Method, path, query, request.Headers, body);
    }
}
