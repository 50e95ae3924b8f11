#include "ui/common/theme.h"

#include "core/base/resources.h"
#include "ui/common/themestyle.h"

#include <QApplication>
#include <QEvent>
#include <QFile>
#include <QFontDatabase>
#include <QFontMetrics>
#include <QMenuBar>
#include <QPainter>
#include <QProxyStyle>
#include <QStyleFactory>
#include <QSvgRenderer>

#include <functional>

namespace framescope {

namespace {

struct Pair
{
    QRgb light;
    QRgb dark;
};

Pair pairOf(Token token)
{
    switch (token) {
    case Token::Window:
        return {0xFFF4F5F7, 0xFF1B1E23};
    case Token::Panel:
        return {0xFFFFFFFF, 0xFF22262C};
    case Token::AlternateRow:
        return {0xFFFAFBFC, 0xFF262A31};
    case Token::Border:
        return {0xFFDDE1E7, 0xFF363C45};
    case Token::Text:
        return {0xFF1A222D, 0xFFE6E9ED};
    case Token::SecondaryText:
        return {0xFF5B6675, 0xFFA3ADBA};
    case Token::Accent:
        return {0xFF1F5FBF, 0xFF7FB0FF};
    case Token::AccentText:
        return {0xFFFFFFFF, 0xFF14181D};
    case Token::Selection:
        return {0xFFDCE8FB, 0xFF2B3F5E};
    case Token::SelectionText:
        return {0xFF0F2E5C, 0xFFE9F1FF};
    case Token::Accepted:
        return {0xFF1E7A4C, 0xFF6FCF97};
    case Token::Warning:
        return {0xFF8A5A00, 0xFFE9B44C};
    case Token::WarningTint:
        return {0xFFFBF1DC, 0xFF3A311D};
    case Token::Refused:
        return {0xFFC3301A, 0xFFFF8A75};
    case Token::RefusedTint:
        return {0xFFFCE9E5, 0xFF40261F};
    case Token::ChartP50:
        return {0xFF3E89A3, 0xFFC5F3FC};
    case Token::ChartP95:
        return {0xFFA83DF5, 0xFF9564F7};
    case Token::ChartP99:
        return {0xFF4E0416, 0xFFE33B65};
    case Token::ChartOk:
        return {0xFF050D61, 0xFF5C8FC1};
    case Token::ChartFail:
        return {0xFFE9310C, 0xFFF5993D};
    case Token::ChartVolume:
        return {0xFF91BBC9, 0xFF738C94};
    }
    return {0xFF000000, 0xFFFFFFFF};
}

/// The scheme of the desktop: its own palette, which is there again when ours is taken off.
bool desktopIsDark()
{
    QApplication::setPalette(QPalette());
    return QApplication::palette().color(QPalette::Window).lightness() < 128;
}

QFont installedFont(const QString& family, const QFont& otherwise)
{
    QFont font = otherwise;
    if (QFontDatabase::families().contains(family))
        font.setFamilies({family, otherwise.family()});
    return font;
}

struct Faces
{
    QFont interfaceFace;
    QFont fixedFace;
};

/// Read once, before anything of ours is set on the application: sizes are the desktop's.
const Faces& faces()
{
    static const Faces found = [] {
        QFont desktop = QFontDatabase::systemFont(QFontDatabase::GeneralFont);
        constexpr double sizeWithoutDesktop = 9.0; // Qt's own, where no desktop says one
        constexpr double readableSize = 9.75;      // 13 px at 96 dpi
        if (qFuzzyCompare(desktop.pointSizeF(), sizeWithoutDesktop))
            desktop.setPointSizeF(readableSize);
        QFont fixed = QFontDatabase::systemFont(QFontDatabase::FixedFont);
        // JetBrains Mono runs wide; a little smaller it sits level with the interface face.
        if (desktop.pointSizeF() > 0)
            fixed.setPointSizeF(desktop.pointSizeF() * 0.93);
        Faces result{installedFont(QStringLiteral("Inter"), desktop),
                     installedFont(QStringLiteral("JetBrains Mono"), fixed)};
        result.fixedFace.setStyleHint(QFont::Monospace);
        result.fixedFace.setFixedPitch(true);
        return result;
    }();
    return found;
}

QPalette paletteOf(const Theme& theme)
{
    const auto color = [&theme](Token token) { return theme.color(token); };
    QPalette palette;
    palette.setColor(QPalette::Window, color(Token::Window));
    palette.setColor(QPalette::WindowText, color(Token::Text));
    palette.setColor(QPalette::Base, color(Token::Panel));
    palette.setColor(QPalette::AlternateBase, color(Token::AlternateRow));
    palette.setColor(QPalette::ToolTipBase, color(Token::Panel));
    palette.setColor(QPalette::ToolTipText, color(Token::Text));
    palette.setColor(QPalette::Text, color(Token::Text));
    palette.setColor(QPalette::Button, color(Token::Panel));
    palette.setColor(QPalette::ButtonText, color(Token::Text));
    palette.setColor(QPalette::BrightText, color(Token::Refused));
    palette.setColor(QPalette::Highlight, color(Token::Selection));
    palette.setColor(QPalette::HighlightedText, color(Token::SelectionText));
    palette.setColor(QPalette::Link, color(Token::Accent));
    palette.setColor(QPalette::LinkVisited, color(Token::Accent));
    palette.setColor(QPalette::PlaceholderText, color(Token::SecondaryText));
    palette.setColor(QPalette::Light, color(Token::Panel));
    palette.setColor(QPalette::Midlight, color(Token::AlternateRow));
    palette.setColor(QPalette::Mid, color(Token::Border));
    palette.setColor(QPalette::Dark, color(Token::Border));
    palette.setColor(QPalette::Shadow, color(Token::Border));
    QColor faded = color(Token::SecondaryText);
    faded.setAlphaF(0.55f);
    for (const auto role : {QPalette::WindowText, QPalette::Text, QPalette::ButtonText, QPalette::HighlightedText})
        palette.setColor(QPalette::Disabled, role, faded);
    return palette;
}

/// Fusion, but the menu bar shows its mnemonics only once Alt is held: underlines on every word are noise.
class CalmStyle : public QProxyStyle
{
public:
    CalmStyle()
        : QProxyStyle(QStyleFactory::create(QStringLiteral("Fusion")))
    {
    }
    int styleHint(StyleHint hint, const QStyleOption* option, const QWidget* widget,
                  QStyleHintReturn* returnData) const override
    {
        if (hint == SH_UnderlineShortcut && qobject_cast<const QMenuBar*>(widget))
            return QGuiApplication::keyboardModifiers().testFlag(Qt::AltModifier) ? 1 : 0;
        return QProxyStyle::styleHint(hint, option, widget, returnData);
    }
};

/// Tells the theme when the desktop changes its own.
class DesktopWatcher : public QObject
{
public:
    explicit DesktopWatcher(std::function<void()> changed)
        : m_changed(std::move(changed))
    {
    }
    bool eventFilter(QObject*, QEvent* event) override
    {
        if (event->type() == QEvent::ThemeChange)
            m_changed();
        return false;
    }

private:
    std::function<void()> m_changed;
};

} // namespace

Theme::Theme() = default;

Theme& Theme::instance()
{
    static Theme theme;
    return theme;
}

void Theme::install(QApplication& application, ColorScheme scheme)
{
    initResources();
    faces();
    QApplication::setStyle(new CalmStyle);
    QApplication::setFont(instance().interfaceFont());
    auto* watcher = new DesktopWatcher([] {
        if (instance().scheme() == ColorScheme::Auto)
            QMetaObject::invokeMethod(
                &instance(), [] { instance().apply(); }, Qt::QueuedConnection);
    });
    watcher->setParent(&application);
    application.installEventFilter(watcher);
    instance().m_scheme = scheme;
    instance().apply();
}

void Theme::setScheme(ColorScheme scheme)
{
    if (scheme == m_scheme)
        return;
    m_scheme = scheme;
    apply();
}

void Theme::apply()
{
    m_dark = m_scheme == ColorScheme::Auto ? desktopIsDark() : m_scheme == ColorScheme::Dark;
    QApplication::setPalette(paletteOf(*this));
    if (auto* application = qobject_cast<QApplication*>(QCoreApplication::instance()))
        application->setStyleSheet(styleSheetOf(*this));
    Q_EMIT changed();
}

ColorScheme Theme::scheme() const
{
    return m_scheme;
}

bool Theme::isDark() const
{
    return m_dark;
}

QColor Theme::color(Token token) const
{
    const Pair pair = pairOf(token);
    return QColor::fromRgb(m_dark ? pair.dark : pair.light);
}

QFont Theme::interfaceFont() const
{
    return faces().interfaceFace;
}

QFont Theme::fixedFont() const
{
    return faces().fixedFace;
}

QFont Theme::tabularFont() const
{
    return faces().interfaceFace;
}

int Theme::rowHeight() const
{
    constexpr int air = 6; // 3 px above and below the tallest face
    return std::max(QFontMetrics(interfaceFont()).height(), QFontMetrics(fixedFont()).height()) + air;
}

QIcon Theme::icon(const QString& name) const
{
    QFile file(QStringLiteral(":/framescope/icons/") + name + QStringLiteral(".svg"));
    if (!file.open(QIODevice::ReadOnly))
        return {};
    QByteArray drawing = file.readAll();
    drawing.replace("currentColor", color(Token::Text).name().toLatin1());
    QSvgRenderer renderer(drawing);
    QIcon icon;
    for (const int size : {16, 24, 32, 48}) {
        QPixmap pixmap(size, size);
        pixmap.fill(Qt::transparent);
        QPainter painter(&pixmap);
        renderer.render(&painter);
        icon.addPixmap(pixmap);
    }
    return icon;
}

} // namespace framescope
