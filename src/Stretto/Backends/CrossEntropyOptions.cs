namespace Stretto.Backends;

/// <summary>How the loss of a row is made.</summary>
/// <param name="IgnoreIndex">Rows with this target have loss 0 and no gradient.</param>
/// <param name="Smoothing">The probability spread evenly over all classes, 0 to 1.</param>
/// <param name="ZLoss">The coefficient of lse² (Chowdhery et al., PaLM, 2022).</param>
internal readonly record struct CrossEntropyOptions(long IgnoreIndex = -100, double Smoothing = 0, double ZLoss = 0);
