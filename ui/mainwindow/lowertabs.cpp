#include "ui/mainwindow/lowertabs.h"

#include "ui/audit/auditpane.h"
#include "ui/charts/chartspane.h"
#include "ui/common/widgets.h"
#include "ui/detail/findingspane.h"
#include "ui/shapes/shapespane.h"
#include "ui/topics/topicspane.h"

#include <QComboBox>
#include <QHBoxLayout>
#include <QStackedWidget>

namespace framescope {

LowerTabs::LowerTabs(FrameCache* cache, QWidget* parent)
    : QFrame(parent)
    , m_bar(flatTabBar(this))
    , m_pages(new QStackedWidget(this))
    , m_charts(new ChartsPane)
    , m_findings(new FindingsPane)
    , m_audit(new AuditPane(cache))
    , m_topics(new TopicsPane)
    , m_shapes(new ShapesPane)
{
    setKind(this, "panel");
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(1, 1, 1, 1);
    layout->setSpacing(0);
    auto* row = new QFrame(this);
    setKind(row, "tabrow");
    auto* rowLayout = new QHBoxLayout(row);
    rowLayout->setContentsMargins(8, 0, 8, 0);
    rowLayout->addWidget(m_bar, 1, Qt::AlignBottom);
    rowLayout->addWidget(m_charts->rangeBox());
    layout->addWidget(row);
    layout->addWidget(m_pages, 1);
    m_bar->setAccessibleName(tr("Charts, findings, audit, topics and shapes"));
    m_bar->addTab(tr("Charts"));
    m_bar->addTab(tr("Findings"));
    m_bar->addTab(tr("Audit"));
    m_bar->addTab(tr("Topics"));
    m_bar->addTab(tr("Shapes"));
    m_pages->addWidget(m_charts);
    m_pages->addWidget(m_findings);
    m_pages->addWidget(m_audit);
    m_pages->addWidget(m_topics);
    m_pages->addWidget(m_shapes);
    setTopicsOffered(false);
    connect(m_bar, &QTabBar::currentChanged, m_pages, &QStackedWidget::setCurrentIndex);
    connect(m_bar, &QTabBar::currentChanged, this,
            [this](int tab) { m_charts->rangeBox()->setVisible(tab == ChartsTab); });
}

void LowerTabs::showTab(Tab tab)
{
    m_bar->setCurrentIndex(tab);
}

void LowerTabs::setTopicsOffered(bool offered)
{
    if (!offered && currentTab() == TopicsTab)
        showTab(ChartsTab);
    m_bar->setTabVisible(TopicsTab, offered);
}

LowerTabs::Tab LowerTabs::currentTab() const
{
    return Tab(m_bar->currentIndex());
}

void LowerTabs::setFindingCount(quint64 count)
{
    setTabBadge(m_bar, FindingsTab, count);
}

void LowerTabs::focusCurrent()
{
    QWidget* page = m_pages->currentWidget();
    for (QWidget* child : page->findChildren<QWidget*>()) {
        if (child->isVisible() && (child->focusPolicy() & Qt::TabFocus)) {
            child->setFocus(Qt::OtherFocusReason);
            return;
        }
    }
    m_bar->setFocus(Qt::OtherFocusReason);
}

} // namespace framescope
