/// The report's script: values under the pointer and methods switched on and off. The page is complete without it.
enum ReportScript {
  static let source = """
    (function(){
    'use strict';
    document.documentElement.classList.add('js');
    var tip=document.getElementById('tip');
    function all(root,query){return Array.prototype.slice.call(root.querySelectorAll(query));}
    function scale(text){
      var parts=text.split(' '),a=+parts[1],b=+parts[2];
      return parts[0]==='log'
        ?function(t){return Math.exp(Math.log(a)+t*(Math.log(b)-Math.log(a)));}
        :function(t){return a+t*(b-a);};
    }
    function show(value){
      if(value===0)return '0';
      var size=Math.abs(value);
      if(size>=1000)return Math.round(value).toLocaleString('en-US');
      return size<1e-4?value.toExponential(2):String(+value.toPrecision(4));
    }
    all(document,'.key').forEach(function(key){
      key.tabIndex=0;
      key.setAttribute('role','button');
      key.setAttribute('aria-pressed','true');
      function toggle(){
        var off=key.classList.toggle('off');
        key.setAttribute('aria-pressed',String(!off));
        all(document,'svg.chart [data-s="'+key.dataset.key+'"]').forEach(function(part){
          part.classList.toggle('off',off);
        });
      }
      function mark(index){all(document,'svg.chart').forEach(function(chart){focus(chart,index);});}
      key.addEventListener('click',toggle);
      key.addEventListener('keydown',function(event){
        if(event.key==='Enter'||event.key===' '){event.preventDefault();toggle();}
      });
      key.addEventListener('pointerenter',function(){if(!key.classList.contains('off'))mark(key.dataset.key);});
      key.addEventListener('pointerleave',function(){mark(null);});
    });
    function focus(chart,index){
      chart.classList.toggle('focus',index!==null);
      all(chart,'[data-s]').forEach(function(part){part.classList.toggle('hot',part.dataset.s===index);});
    }
    all(document,'svg.chart').forEach(function(chart){
      var plot=chart.dataset.plot.split(' ').map(Number);
      var toX=scale(chart.dataset.x),toY=scale(chart.dataset.y);
      var lines=all(chart,'.series').map(function(group){
        var points=[];
        all(group,'.line,.thin').forEach(function(path){
          path.getAttribute('d').slice(1).split('L').forEach(function(pair){points.push(pair.split(' ').map(Number));});
        });
        return {group:group,points:points};
      });
      chart.addEventListener('pointermove',function(event){
        var matrix=chart.getScreenCTM();
        if(!matrix)return;
        var at=new DOMPoint(event.clientX,event.clientY).matrixTransform(matrix.inverse());
        var best=null,least=28*28;
        lines.forEach(function(line){
          if(line.group.classList.contains('off'))return;
          line.points.forEach(function(point){
            if(point[1]<plot[1]-2||point[1]>plot[1]+plot[3]+2)return;
            var dx=point[0]-at.x,dy=point[1]-at.y,distance=dx*dx+dy*dy;
            if(distance<least){least=distance;best={line:line,point:point};}
          });
        });
        if(!best){leave();return;}
        focus(chart,best.line.group.dataset.s);
        var x=toX((best.point[0]-plot[0])/plot[2]),y=toY(1-(best.point[1]-plot[1])/plot[3]);
        tip.textContent=best.line.group.dataset.name+': '+show(y)+chart.dataset.yunit+' at '
          +(chart.dataset.xunit===' steps'?show(Math.round(x)):show(x))+chart.dataset.xunit;
        tip.hidden=false;
        tip.style.left=Math.min(event.clientX+14,window.innerWidth-tip.offsetWidth-8)+'px';
        tip.style.top=(event.clientY+16)+'px';
      });
      function leave(){focus(chart,null);tip.hidden=true;}
      chart.addEventListener('pointerleave',leave);
    });
    })();
    """
}
