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

    /// <summary>
    /// A file of access keys, written as <c>~/.aws/credentials</c> is, with an <c>aws_account_id</c> in each profile; without one the account
    /// is the key when it is twelve digits, else 000000000000. Null for none. With any key configured, signatures are verified;
    /// with none any is accepted, and the gateway refuses to listen on anything but loopback.
    /// </summary>
    public string? Credentials { get; set; }

    /// <summary>One access key beside those of <see cref="Credentials"/>.</summary>
    public string? AccessKey { get; set; }

    /// <summary>The secret of <see cref="AccessKey"/>.</summary>
    public string? SecretKey { get; set; }

    /// <summary>The account of <see cref="AccessKey"/>.</summary>
    public string? AccountId { get; set; }

    /// <summary>How far a signer's clock may be from ours. Raising it lengthens the time in which a signature that was overheard is worth something.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "01:00:00")]
    public TimeSpan SignatureWindow { get; set; } = TimeSpan.FromMinutes(5);

    /// <summary>
    /// Whether a verified command that was received before is refused unless it comes under the same <c>amz-sdk-invocation-id</c>. Clients that do
    /// not sign that header (boto3, the AWS CLI) send one signature for all that is equal within a second.
    /// </summary>
    public bool RefuseReplays { get; set; } = true;

    /// <summary>Whether requests are throttled for each account, as AWS does (user guide of DMS, "Quotas": a bucket of 200, refilled by 8 a second).</summary>
    public bool Throttling { get; set; }

    /// <summary>Requests an account may send at once when <see cref="Throttling"/> is on.</summary>
    [Range(1, 1_000_000)]
    public int ThrottleBurst { get; set; } = 200;

    /// <summary>Requests a second an account may send for as long as it likes when <see cref="Throttling"/> is on.</summary>
    [Range(1, 1_000_000)]
    public int ThrottleRefillPerSecond { get; set; } = 8;

    /// <summary>Requests carried out at the same moment. Raising it costs up to <see cref="MaxBodyBytes"/> of memory for each.</summary>
    [Range(1, 100_000)]
    public int MaxConcurrentRequests { get; set; } = 1024;

    /// <summary>Requests that wait for their turn; those beyond are answered with ThrottlingException. Raising it costs a socket and its buffers for each.</summary>
    [Range(0, 1_000_000)]
    public int MaxQueuedRequests { get; set; } = 8192;

    /// <summary>How long a body may take to arrive.</summary>
    [Range(typeof(TimeSpan), "00:00:00.010", "00:10:00")]
    public TimeSpan BodyTimeout { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>How long the grains may take to answer; after that the client is told to try again.</summary>
    [Range(typeof(TimeSpan), "00:00:00.010", "00:10:00")]
    public TimeSpan AnswerTimeout { get; set; } = TimeSpan.FromSeconds(25);
}
