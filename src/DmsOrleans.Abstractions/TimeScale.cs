using System.Globalization;

namespace DmsOrleans;

/// <summary>
/// How much faster than AWS time runs here: 1 is like AWS, 600 makes an hour six seconds, <see cref="Infinite"/> leaves no
/// think time at all. It divides every phase duration, poll, cooldown and deprovision delay; timestamps stay real.
/// </summary>
public readonly record struct TimeScale
{
    /// <summary>Waits are skipped; work and durability are not.</summary>
    public static TimeScale Infinite { get; } = new(double.PositiveInfinity);

    /// <summary>Like AWS.</summary>
    public static TimeScale One { get; } = new(1);

    private readonly double factor;

    /// <summary>A scale.</summary>
    /// <param name="factor">Greater than zero; positive infinity allowed.</param>
    /// <exception cref="ArgumentOutOfRangeException">Zero, negative, or not a number.</exception>
    public TimeScale(double factor)
    {
        if (!(factor > 0))
        {
            throw new ArgumentOutOfRangeException(nameof(factor), factor, "A time scale is a number greater than 0, or 'infinite'.");
        }

        this.factor = factor;
    }

    /// <summary>The factor; a default-constructed scale is 1.</summary>
    public double Factor => factor == 0 ? 1 : factor;

    /// <summary>Whether waits are skipped.</summary>
    public bool IsInfinite => double.IsPositiveInfinity(Factor);

    /// <summary>The real time that stands for <paramref name="simulated"/> time. <see cref="TimeSpan.MaxValue"/> (never) stays never.</summary>
    public TimeSpan ToReal(TimeSpan simulated) =>
        simulated == TimeSpan.MaxValue ? TimeSpan.MaxValue
        : IsInfinite ? TimeSpan.Zero
        : simulated / Factor;

    /// <summary>The simulated time that <paramref name="real"/> time stands for, at most <see cref="TimeSpan.MaxValue"/>.</summary>
    public TimeSpan ToSimulated(TimeSpan real)
    {
        if (real <= TimeSpan.Zero)
        {
            return TimeSpan.Zero;
        }

        var ticks = real.Ticks * Factor;
        return ticks >= TimeSpan.MaxValue.Ticks ? TimeSpan.MaxValue : new TimeSpan((long)ticks);
    }

    /// <summary>Reads a number or <c>infinite</c> (also <c>inf</c>).</summary>
    public static bool TryParse(string? text, out TimeScale scale)
    {
        scale = One;
        if (text is "infinite" or "inf")
        {
            scale = Infinite;
            return true;
        }

        if (double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var factor) && factor > 0)
        {
            scale = new TimeScale(factor);
            return true;
        }

        return false;
    }

    /// <inheritdoc/>
    public override string ToString() => IsInfinite ? "infinite" : Factor.ToString(CultureInfo.InvariantCulture);
}
