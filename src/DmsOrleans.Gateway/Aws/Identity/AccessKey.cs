namespace DmsOrleans.Gateway.Aws.Identity;

/// <summary>A key that may sign requests.</summary>
/// <param name="Id">AWS_ACCESS_KEY_ID.</param>
/// <param name="Secret">AWS_SECRET_ACCESS_KEY.</param>
/// <param name="Account">The account whose resources it sees, twelve digits.</param>
/// <param name="SessionToken">AWS_SESSION_TOKEN that requests must carry; null for long-lived keys, whose requests must carry none.</param>
/// <param name="ReadOnly">Whether it may only describe and list.</param>
internal sealed record AccessKey(string Id, string Secret, string Account, string? SessionToken = null, bool ReadOnly = false)
{
    /// <summary>Never prints the secrets.</summary>
    public override string ToString() => $"AccessKey {{ {Id} of {Account} }}";
}
