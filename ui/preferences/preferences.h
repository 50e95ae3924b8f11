#pragma once
/// What a person sets once: look, payload type matrix, metrics window and limits. Kept as an INI file that people can
/// read,
/// `$XDG_CONFIG_HOME/framescope/preferences.ini`; keys that this version does not know survive a round trip.
///
/// Thread: gui. Errors: save() Io. A value outside its range is read as its default, a corrupt file is renamed aside.
#include "core/base/error.h"
#include "ui/common/theme.h"

#include <QString>

namespace framescope {

struct SessionConfig;

struct Preferences
{
    ColorScheme scheme = ColorScheme::Auto;
    QString matrixPath;                    ///< empty: the built-in payload type matrix
    int metricsWindow = 1000;              ///< frames; metricsWindowRange
    quint64 flagBytes = 1024 * 1024;       ///< flagged above; limitRangeKiB
    quint64 refuseBytes = 5 * 1024 * 1024; ///< refused above, never below flagBytes; limitRangeKiB
    double breakerMeanMb = 2.0;            ///< MB (1,000,000 bytes) over 60 s; breakerMeanRangeMb
    int breakerCoolDownSeconds = 30;       ///< breakerCoolDownRange

    template <typename T>
    struct Range
    {
        T least;
        T most;
    };
    static constexpr Range<int> metricsWindowRange{100, 100'000};
    static constexpr Range<int> limitRangeKiB{1, 31 * 1024}; ///< the socket's own limit, 32 MiB, stands above
    static constexpr Range<double> breakerMeanRangeMb{0.1, 32.0};
    static constexpr Range<int> breakerCoolDownRange{5, 600};

    /// The file; a relative `$XDG_CONFIG_HOME` is ignored, as the XDG Base Directory Specification says.
    [[nodiscard]] static QString path();
    /// @p notice, when given, says in words what could not be read; empty when all is well.
    [[nodiscard]] static Preferences load(QString* notice = nullptr);
    [[nodiscard]] Expected<void> save() const;

    /// Sets what concerns a session. The scheme does not.
    void applyTo(SessionConfig& config) const;

    friend bool operator==(const Preferences&, const Preferences&) = default;
};

} // namespace framescope
