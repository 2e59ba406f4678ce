using System.ComponentModel.DataAnnotations;

namespace DmsOrleans.Gateway;

/// <summary>What a host may settle about the gateway. Section <c>DmsOrleans:Gateway</c>.</summary>
public sealed class GatewayOptions
{
    /// <summary>Where these options are configured.</summary>
    public const string Section = "DmsOrleans:Gateway";

    /// <summary>
    /// Names a request may carry in its Host header, beside <c>localhost</c> and the loopback addresses; <c>*</c> allows any. Each
    /// name added is one under which a web page in someone's browser may reach this gateway.
    /// </summary>
    public IList<string> AllowedHosts { get; } = [];

    /// <summary>Longest request body, in bytes. Raising it costs that much memory for each request in flight.</summary>
    [Range(1024, 64 * 1024 * 1024)]
    public int MaxBodyBytes { get; set; } = 1024 * 1024;
}
