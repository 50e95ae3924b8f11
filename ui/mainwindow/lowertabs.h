#pragma once
/// The sheet under the table: tabs Charts, Findings, Audit, for sessions of notifications Topics, and Shapes. A tab
/// comes to the front only when a person asks for it. Thread: gui.
#include <QFrame>

class QStackedWidget;
class QTabBar;

namespace framescope {

class AuditPane;
class ChartsPane;
class FindingsPane;
class FrameCache;
class ShapesPane;
class TopicsPane;

class LowerTabs : public QFrame
{
    Q_OBJECT

public:
    enum Tab
    {
        ChartsTab,
        FindingsTab,
        AuditTab,
        TopicsTab,
        ShapesTab
    };

    explicit LowerTabs(FrameCache* cache, QWidget* parent = nullptr);

    [[nodiscard]] ChartsPane* charts() const { return m_charts; }
    [[nodiscard]] FindingsPane* findings() const { return m_findings; }
    [[nodiscard]] AuditPane* audit() const { return m_audit; }
    [[nodiscard]] TopicsPane* topics() const { return m_topics; }
    [[nodiscard]] ShapesPane* shapes() const { return m_shapes; }
    void setTopicsOffered(bool offered);
    [[nodiscard]] Tab currentTab() const;
    void showTab(Tab tab);
    void setFindingCount(quint64 count);
    void focusCurrent();

private:
    QTabBar* m_bar;
    QStackedWidget* m_pages;
    ChartsPane* m_charts;
    FindingsPane* m_findings;
    AuditPane* m_audit;
    TopicsPane* m_topics;
    ShapesPane* m_shapes;
};

} // namespace framescope
