#pragma once
/// All colours, faces and metrics of the window in one place: palette roles and a few named tokens. No widget
/// names a colour; painting code asks here, and everything repaints when the scheme changes.
///
/// Thread: gui. Sizes follow the desktop's font setting.
#include <QColor>
#include <QFont>
#include <QIcon>
#include <QObject>
#include <QPalette>

class QApplication;

namespace framescope {

enum class ColorScheme
{
    Auto,
    Light,
    Dark
};

enum class Token
{
    Window,
    Panel,
    AlternateRow,
    Border,
    Text,
    SecondaryText,
    Accent,
    AccentText,
    Selection,
    SelectionText,
    Accepted,
    Warning,
    WarningTint,
    Refused,
    RefusedTint,
    ChartP50,
    ChartP95,
    ChartP99,
    ChartOk,
    ChartFail,
    ChartVolume
};

class Theme : public QObject
{
    Q_OBJECT

public:
    /// Installs style, palette, style sheet and faces on @p application and follows the desktop's scheme while Auto.
    static void install(QApplication& application, ColorScheme scheme = ColorScheme::Auto);
    [[nodiscard]] static Theme& instance();

    void setScheme(ColorScheme scheme);
    [[nodiscard]] ColorScheme scheme() const;
    [[nodiscard]] bool isDark() const;

    [[nodiscard]] QColor color(Token token) const;
    [[nodiscard]] QFont interfaceFont() const;
    [[nodiscard]] QFont fixedFont() const;   ///< times, payloads, filters
    [[nodiscard]] QFont tabularFont() const; ///< right-aligned numbers; paint them with drawTabular() (tabulartext.h)
    [[nodiscard]] int rowHeight() const;     ///< 22 px at the default size, from font metrics
    [[nodiscard]] QIcon icon(const QString& name) const; ///< recoloured for the scheme

Q_SIGNALS:
    void changed();

private:
    Theme();
    void apply();

    ColorScheme m_scheme = ColorScheme::Auto;
    bool m_dark = false;
};

} // namespace framescope
